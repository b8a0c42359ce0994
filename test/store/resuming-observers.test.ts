import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObserverHandle } from '@panoptes/core';
import { lmdbStore } from '@panoptes/store';
import { type CreateRegistryOptions, type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterAll, describe, expect, it } from 'vitest';
import { ThreadStore } from '../fixtures/thread-store.mjs';
import { until } from '../fixtures/until.js';
import { peer } from '../voting/scene.js';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-resuming-'));
afterAll(() => rmSync(folder, { recursive: true }));
const module = new URL('../fixtures/ledger.observer.mjs', import.meta.url);

let stores = 0;
const newPath = (): string => join(folder, `store-${++stores}`);

interface StoreOptions {
  readonly historyBytes?: number;
}

/** Begins a life of the registry that is kept at a path. */
function life(
  path: string,
  { historyBytes = 2 ** 26 }: StoreOptions = {},
  options: CreateRegistryOptions = {},
): Promise<PeerRegistry> {
  return createRegistry({
    store: lmdbStore({ path, historyBytes }),
    logger: false,
    log: { logBytes: 2 ** 20 },
    maxUnsyncedMs: 5,
    observers: { restart: { minBackoffMs: 1, maxBackoffMs: 5 } },
    ...options,
  });
}

type Registration = Partial<Parameters<PeerRegistry['registerObserver']>[0]>;
const enter = (registry: PeerRegistry, more: Registration = {}): Promise<ObserverHandle> =>
  registry.registerObserver({ module, resume: true, ...more } as never);

/** What a ledger says of itself. */
interface Told {
  readonly count: number;
  readonly last: number;
  readonly peers: number;
  readonly before: number | undefined;
  readonly snapshots: number;
  readonly events: number;
}

/** What it says once it has handled everything, which is to be all that there was, once. */
async function toldBy(registry: PeerRegistry, ledger: ObserverHandle): Promise<Told> {
  await registry.settled();
  const told = (await ledger.ask('told', [])) as Told;
  expect(told).toMatchObject({ count: registry.lastSeq, last: registry.lastSeq });
  expect(told.peers).toBe(registry.peers.size);
  return told;
}

const figures = (registry: PeerRegistry) => registry.getObserverStats().observers[0]!;

/** Commits so many transactions: peers that come and change, and some that go. */
async function commit(registry: PeerRegistry, count: number): Promise<void> {
  const from = registry.lastSeq;
  for (let at = 0; at < count; at += 500) {
    const some = Array.from({ length: Math.min(500, count - at) }, (_, index) => {
      const number = from + at + index;
      const isGoing = number % 7 === 6 && registry.peers.get(`peer-${(number - 3) % 400}`);
      if (isGoing) return registry.remove(`peer-${(number - 3) % 400}`).catch(() => undefined);
      return registry.upsert(peer(number % 400, { trafficRouted: number }));
    });
    await Promise.all(some);
  }
}

const hosts = ['thread', 'inline'] as const;
/** For what is the same on a thread, and costs none. */
const inline = { host: 'inline' } as const;

describe('an observer that resumes', () => {
  it.each(hosts)(
    'begins its next life where it was, without a snapshot or an event (%s)',
    async (host) => {
      const path = newPath();
      const first = await life(path);
      const ledger = await enter(first, { host });
      await commit(first, 2_000);
      expect(await toldBy(first, ledger)).toMatchObject({ before: undefined, snapshots: 1 });
      await first.close();
      const second = await life(path);
      const again = await enter(second, { host });
      const before = second.lastSeq;
      expect(await toldBy(second, again)).toMatchObject({ before, snapshots: 0, events: 0 });
      await commit(second, 300);
      expect(await toldBy(second, again)).toMatchObject({ before, snapshots: 0 });
      expect(figures(second)).toMatchObject({
        resumes: 1,
        resyncs: 0,
        delivered: second.lastSeq - before,
      });
      await second.close();
    },
  );

  it('is told of all that came while it was not there, by what the store has kept', async () => {
    const path = newPath();
    const first = await life(path);
    await enter(first, inline);
    await commit(first, 100);
    await first.settled();
    await first.close();
    const second = await life(path);
    await commit(second, 3_000);
    await second.close();
    const third = await life(path);
    const ledger = await enter(third, inline);
    await commit(third, 500);
    expect(await toldBy(third, ledger)).toMatchObject({ snapshots: 0 });
    expect(figures(third)).toMatchObject({ resumes: 1, delivered: third.lastSeq - 100 });
    await third.close();
  });

  it('gets a snapshot when the store has not kept that', async () => {
    const path = newPath();
    const first = await life(path, { historyBytes: 0 });
    await enter(first, inline);
    await commit(first, 100);
    await first.close();
    const second = await life(path, { historyBytes: 0 });
    await commit(second, 100);
    await second.close();
    const third = await life(path, { historyBytes: 0 });
    const ledger = await enter(third, inline);
    expect(await toldBy(third, ledger)).toMatchObject({ before: 100, snapshots: 1 });
    expect(figures(third)).toMatchObject({ resumes: 0, resyncs: 0 });
    await third.close();
  });

  it('stores nothing of what a handler did that failed', async () => {
    const path = newPath();
    const registry = await life(path);
    const ledger = await enter(registry, { ...inline, options: { poison: 'peer-500' } });
    await commit(registry, 1_000);
    await registry.settled();
    await registry.upsert(peer(500));
    // It is given that again, for it had stored what was before; the second time a snapshot has it.
    expect(await toldBy(registry, ledger)).toMatchObject({ snapshots: 1 });
    expect(figures(registry)).toMatchObject({ failed: 2, deadLetters: 2, restarts: 2, resumes: 1 });
    await commit(registry, 100);
    await toldBy(registry, ledger);
    await registry.close();
  });

  /** Begins a life in which the store alone has a transaction at which the ledger fails. */
  async function lifeAfterPoison(): Promise<PeerRegistry> {
    const path = newPath();
    const first = await life(path);
    await enter(first, inline);
    await commit(first, 10);
    await first.close();
    const second = await life(path);
    await second.upsert(peer(500));
    await second.close();
    return life(path);
  }
  const poisoned = { ...inline, options: { poison: 'peer-500' } };

  it('begins with a snapshot when it fails twice at what came while it was not there', async () => {
    const registry = await lifeAfterPoison();
    const ledger = await enter(registry, poisoned);
    expect(await toldBy(registry, ledger)).toMatchObject({ before: 10, snapshots: 1 });
    expect(figures(registry)).toMatchObject({ failed: 2, deadLetters: 2, restarts: 2, resumes: 0 });
    expect(registry.deadLetters().map(({ lastSeq }) => lastSeq)).toEqual([11, 11]);
    await registry.close();
  });

  it('begins so also when each of its registrations is to fail at once', async () => {
    const registry = await lifeAfterPoison();
    const temporary = { ...poisoned, restart: 'temporary' } as const;
    for (let failures = 0; failures < 2; failures++) {
      await expect(enter(registry, temporary)).rejects.toThrow(/poison/);
    }
    const ledger = await enter(registry, temporary);
    expect(await toldBy(registry, ledger)).toMatchObject({ before: 10, snapshots: 1 });
    expect(registry.deadLetters()).toHaveLength(2);
    await registry.close();
  });

  it.each(hosts)('that was overtaken goes on by what the store has kept (%s)', async (host) => {
    const registry = await life(newPath());
    const hold = new SharedArrayBuffer(4);
    const ledger = await enter(registry, { host, options: { hold } });
    Atomics.store(new Int32Array(hold), 0, 1);
    await commit(registry, 4_000);
    Atomics.store(new Int32Array(hold), 0, 0);
    expect(await toldBy(registry, ledger)).toMatchObject({ snapshots: 1 });
    expect(figures(registry)).toMatchObject({ resyncs: 0, delivered: registry.lastSeq });
    expect(figures(registry).resumes).toBeGreaterThan(0);
    await registry.close();
  });

  it('begins with nothing when its state is of another format', async () => {
    const path = newPath();
    for (const [resume, before] of [
      [true, undefined],
      ['ledger 2', undefined],
      ['ledger 2', 30],
      ['ledger 3', undefined],
    ] as const) {
      const registry = await life(path);
      const ledger = await enter(registry, { ...inline, resume });
      await commit(registry, 15);
      expect(await toldBy(registry, ledger)).toMatchObject({ before });
      await registry.close();
    }
  });

  it('votes on what comes after that, when it is critical', async () => {
    const path = newPath();
    for (let number = 0; number < 3; number++) {
      const registry = await life(path, {}, { durability: 'commit' });
      const ledger = await enter(registry, { role: 'critical' });
      await commit(registry, 50);
      expect(await toldBy(registry, ledger)).toMatchObject({ snapshots: number === 0 ? 1 : 0 });
      expect(figures(registry).votes).toMatchObject({ votes: 50 });
      await registry.close();
    }
  });

  it('goes on in the log when its thread has died, any number of times', async () => {
    const registry = await life(
      newPath(),
      {},
      {
        observers: { restart: { minBackoffMs: 1, maxBackoffMs: 5, maxRestarts: 100 } },
      },
    );
    const ledger = await enter(registry);
    for (let death = 1; death <= 6; death++) {
      const committing = commit(registry, 400);
      await ledger.ask('die', []).catch(() => undefined);
      await committing;
      await registry.settled();
      expect(figures(registry)).toMatchObject({ restarts: death });
    }
    await toldBy(registry, ledger);
    // One that died before it had stored anything began with a snapshot again.
    expect(figures(registry).resumes).toBeGreaterThan(3);
    await registry.close();
  });

  it.each(['a cursor that is not there yet', 'nonsense'])(
    'and whose thread sends %s is ended, and begins with a snapshot; others go on',
    async (lie) => {
      const path = newPath();
      const registry = await life(path);
      const liar = await enter(registry, { name: 'liar', storeLimitMb: 1 });
      const other = await enter(registry, { name: 'other' });
      await commit(registry, 100);
      await registry.settled();
      await liar.ask('lie', [lie]).catch(() => undefined);
      await until('it was ended', () => figures(registry).failed === 1);
      expect(figures(registry).lastError?.message).toMatch(/sent what its runtime does not/);
      await commit(registry, 100);
      expect(await toldBy(registry, liar)).toMatchObject({ before: undefined, snapshots: 1 });
      expect(await toldBy(registry, other)).toMatchObject({ snapshots: 1 });
      await registry.close();
      const next = await life(path);
      const again = await enter(next, { name: 'other' });
      expect(await toldBy(next, again)).toMatchObject({ before: 200, snapshots: 0 });
      await next.close();
    },
  );

  it('is refused where nothing is stored', async () => {
    const registry = await createRegistry({ logger: false });
    const error = { code: 'CONFIG_INVALID', message: expect.stringMatching(/'store'/) as string };
    await expect(enter(registry)).rejects.toMatchObject(error);
    await expect(enter(registry, { resume: '' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await registry.close();
    const plain = await createRegistry({ logger: false, store: new ThreadStore() });
    await expect(enter(plain)).rejects.toThrow(/keeps peers alone/);
    await plain.close();
    const storing = await life(newPath());
    const unstored = { resume: false, storeLimitMb: 1 };
    await expect(enter(storing, unstored)).rejects.toThrow(/only an observer with 'resume' has it/);
    await expect(enter(storing, { name: '\ud800' })).rejects.toThrow(/half a character/);
    await storing.close();
  });
});
