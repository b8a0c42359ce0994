// A store of a user's own gives whatever it likes: it is a StoreError that names the method, or it is taken.
import { describe, expect, it } from 'vitest';
import type { RegistryOptions } from '../config.js';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { nextTurn } from '../turns.js';
import type { ConnectedRegistry } from './connected-registry.fixture.js';
import { openStore } from './open-store.js';
import { MemoryDisk } from './memory-disk.fixture.js';
import {
  type Odd,
  kept,
  never,
  problemOf,
  rejects,
  storeWith,
  throws,
} from './odd-store.fixture.js';
import type { OpenedStore, RegistryStore, StoreLine } from './registry-store.js';
import { storedRegistry } from './stored-registry.fixture.js';

const opened = (store: unknown, more: RegistryOptions = {}): Promise<ConnectedRegistry> =>
  storedRegistry(store as RegistryStore, {
    storeTimeoutMs: 1_000,
    storeOpenTimeoutMs: 200,
    ...more,
  });

const blocks = (...all: readonly unknown[]): Odd => ({
  async *entries() {
    await nextTurn();
    yield* all;
  },
});

describe('a store of a user’s own is refused', () => {
  it.each<[string, unknown, RegExp]>([
    ['throws', throws, /^STORE_FAILED: the store's open\(\) failed: boo$/],
    ['rejects', rejects, /^STORE_FAILED: the store's open\(\) failed: boo$/],
    [
      'rejects with nothing',
      () => ({ then: (_: unknown, no: () => void) => no() }),
      /^STORE_FAILED: the store's open\(\) failed/,
    ],
    ['gives nothing', () => undefined, /^STORE_FAILED: .*open\(\) .*entries, .*got undefined$/],
    ['gives null', () => null, /^STORE_FAILED: .*open\(\) .*got null$/],
    ['gives a number', () => 4, /^STORE_FAILED: .*open\(\) .*got 4$/],
    ['never resolves', () => never, /^STORE_STUCK: .*open\(\) .*200 ms \(storeOpenTimeoutMs\)$/],
  ])('when open %s', async (_, open, message) => {
    expect(await problemOf(opened({ open }))).toMatch(message);
  });

  it.each<[string, unknown]>([
    ['id', 3],
    ['id', 'foo'],
    ['id', 'x'.repeat(100_000)],
    ['id', kept.id.replaceAll('1', 'A')],
    ...[NaN, 0, 2 ** 60, '7', 7n, 1.5, undefined].map((value): [string, unknown] => [
      'epoch',
      value,
    ]),
    ...[-1, NaN, 1.5, Infinity, Number.MAX_SAFE_INTEGER].map((value): [string, unknown] => [
      'lastSeq',
      value,
    ]),
    ['lastTime', NaN],
    ['lastTime', '5'],
    ['peers', NaN],
    ['peers', 3],
  ])('when kept.%s is %s', async (name, value) => {
    const store = storeWith(() => ({ kept: { ...kept, [name]: value } }));
    const problem = await problemOf(opened(store));
    expect(problem).toMatch(`STORE_CORRUPT: the store's open() gave no state of a registry`);
    expect(problem).toMatch(`expected kept.${name} to be `);
    expect(problem.length).toBeLessThan(10_000);
    expect(store.closed).toBe(1);
  });

  it.each<[string, Odd, RegExp]>([
    ['keeps nothing', { kept: undefined }, /^STORE_FAILED: .*open\(\)/],
    ['has no failed', { failed: undefined }, /^STORE_FAILED: .*open\(\).*promise failed/],
    ['has a number for it', { failed: 4 }, /^STORE_FAILED: .*open\(\).*promise failed/],
    ['has no figures', { figures: undefined }, /^STORE_FAILED: .*open\(\).*figures/],
    ['has no history', { history: undefined }, /^STORE_FAILED: .*open\(\).*history/],
    ['has a space that is none', { space: 5 }, /^STORE_FAILED: .*open\(\)/],
    ['has entries that throw', { entries: throws }, /^STORE_FAILED: .*entries\(\) failed: boo$/],
    ['has no loop of entries', { entries: () => [] }, /^STORE_FAILED: .*entries\(\).*for await/],
    ['gives null for a block', blocks(null), /^STORE_FAILED: .*entries\(\)/],
    ['gives no memory', blocks({ buffer: 5, size: 0 }), /^STORE_CORRUPT: .*entries\(\)/],
    [
      'gives shared memory',
      blocks({ buffer: new SharedArrayBuffer(8), size: 0 }),
      /^STORE_CORRUPT: .*entries\(\)/,
    ],
    [
      'gives a size that is none',
      blocks({ buffer: new ArrayBuffer(8), size: NaN }),
      /^STORE_CORRUPT: .*entries\(\).*got NaN/,
    ],
    [
      'gives more than it has',
      blocks({ buffer: new ArrayBuffer(8), size: 1 }),
      /^STORE_CORRUPT: .*entries\(\).*1 peers more than it has/,
    ],
    [
      'gives no block and no end',
      { entries: () => ({ [Symbol.asyncIterator]: () => ({ next: () => never }) }) },
      /^STORE_STUCK: .*entries\(\).*1000 ms \(storeTimeoutMs\)$/,
    ],
    ['cannot follow', { follow: throws }, /^STORE_FAILED: the store's follow\(\) failed: boo$/],
  ])('when it %s', async (_, odd, message) => {
    const store = storeWith(() => odd);
    const limits = { storeTimeoutMs: 1_000, storeOpenTimeoutMs: 200 };
    const start = { id: kept.id, fields: '' };
    const taken = (async () => {
      const checked = await openStore(store, start, limits);
      try {
        const blocks = checked.entries()[Symbol.asyncIterator]();
        while ((await blocks.next()).done !== true);
        checked.follow(
          {} as StoreLine,
          () => never,
          () => undefined,
        );
      } finally {
        await checked.close();
      }
    })();
    expect(await problemOf(taken)).toMatch(message);
    expect(store.closed).toBe(1);
  });

  it('when it gives empty blocks without end, and nobody has to wait for that', async () => {
    let turns = 0;
    let isOver = false;
    void (async () => {
      for (; !isOver; turns++) await nextTurn();
    })();
    const endless = storeWith(() => ({
      async *entries() {
        await nextTurn();
        for (;;) yield { buffer: new ArrayBuffer(0), size: 0 };
      },
    }));
    expect(await problemOf(opened(endless))).toMatch(/^STORE_STUCK: .*entries\(\).*empty blocks/);
    isOver = true;
    expect(turns).toBeGreaterThan(100);
  });

  it('when it is opened too late, and closed when it comes', async () => {
    const store = storeWith(() => ({}));
    let open!: () => void;
    const late = new Promise<void>((resolve) => (open = resolve));
    const slow = { open: () => late.then(() => store.open({ id: kept.id, fields: '' })) };
    expect(await problemOf(opened(slow))).toMatch(/^STORE_STUCK/);
    open();
    while (store.closed === 0) await nextTurn();
  });
});

describe('a store of a user’s own that is at work', () => {
  it.each<[string, () => Odd]>([
    ['whose failed rejects', () => ({ failed: rejects() })],
    ['whose failed says nothing', () => ({ failed: Promise.resolve(undefined) })],
    ['whose follow rejects', () => ({ follow: rejects })],
    [
      'whose failed is its own kind of promise',
      () => ({ failed: { then: (tell: () => void) => tell() } }),
    ],
  ])('has failed, %s', async (_, odd) => {
    const registry = await opened(storeWith(odd));
    await nextTurn();
    const upsert = registry.upsert(peerNumbered(1));
    await expect(upsert).rejects.toMatchObject({ cause: { code: 'STORE_FAILED' } });
    await registry.close();
  });

  it.each<[string, unknown]>([
    ['throw', throws],
    ['are nothing', () => undefined],
    ['are texts', () => ({ syncP50Ms: '1', syncP99Ms: 1, bytesOnDisk: 1, historyFrom: 1 })],
    ['lack one', () => ({ syncP50Ms: 1, syncP99Ms: 1, bytesOnDisk: 1 })],
  ])('has no figures that %s', async (_, figures) => {
    const registry = await opened(storeWith(() => ({ figures })));
    expect(() => registry.storeStats()).toThrow(/^the store's figures\(\) failed/);
    await registry.close();
  });

  it('cannot say for the registry how far it is', async () => {
    const figures = { syncP50Ms: 1, syncP99Ms: 2, bytesOnDisk: 3, historyFrom: 4, durableSeq: 99 };
    const registry = await opened(storeWith(() => ({ figures: () => figures })));
    expect(registry.storeStats()).toEqual({ ...figures, durableSeq: 0, unsynced: 0 });
    await registry.close();
  });

  it.each<[string, unknown, string]>([
    ['throws', throws, 'STORE_FAILED'],
    ['rejects', rejects, 'STORE_FAILED'],
    ['never ends', () => never, 'STORE_STUCK'],
  ])('ends a registry that is closed, which says so when close %s', async (_, close, code) => {
    const registry = await opened(storeWith(() => ({ close })));
    expect(await problemOf(registry.close())).toMatch(`${code}: the store's close()`);
    expect(registry.state).toBe('closed');
  });

  const giving = (...runs: readonly unknown[]): OpenedStore['history'] =>
    async function* () {
      await nextTurn();
      yield* runs as never[];
    };

  it.each<[string, OpenedStore['history']]>([
    ['nothing', giving()],
    ['what is no bytes', giving('run')],
    ['no loop', () => [] as never],
  ])('gives %s for changes that are on disk: watches get all peers', async (_, history) => {
    const disk = new MemoryDisk();
    const before = await storedRegistry(disk);
    await before.upsert(peerNumbered(1));
    await before.close();
    const odd = {
      open: async (start: Parameters<MemoryDisk['open']>[0]) => {
        const store = await disk.open(start);
        store.history = history;
        return store;
      },
    };
    const registry = await opened(odd);
    const first = await registry.watch({ from: 1 }).next();
    expect(first.value).toMatchObject({ kind: 'Resync', seq: 1 });
    await registry.close();
  });
});
