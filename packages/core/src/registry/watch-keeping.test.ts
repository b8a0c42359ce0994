import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { toObject } from '../log/event-view.js';
import { UNIT_BYTES, Word } from '../log/log-layout.js';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { OpenRegistry } from './open-registry.fixture.js';
import type { Watch, WatchEvent } from './watch.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a watch yields next. */
const nextOf = async (watch: Watch): Promise<WatchEvent> => {
  const { value } = await watch.next();
  if (value === undefined) throw new Error('the watch is over');
  return value;
};

describe('a watch that is not read', () => {
  it.each([
    ['left before it began', (watch: Watch) => watch.return!()],
    ['disposed of before it began', (watch: Watch) => watch[Symbol.asyncDispose]()],
    ['never heard of again', () => undefined],
    [
      'left while it waits',
      async (watch: Watch) => {
        const next = watch.next();
        await watch.return!();
        await next;
      },
    ],
    [
      'read once',
      async (watch: Watch, registry: OpenRegistry) => {
        const next = watch.next();
        await registry.updateMetrics('peer-1', { latencyMs: registry.lastSeq });
        await next;
      },
    ],
  ])('keeps nothing: %s', async (_, use) => {
    const registry = new OpenRegistry();
    await registry.upsert(peerNumbered(1));
    const { signal } = new AbortController();
    const watches: WeakRef<Watch>[] = [];
    for (let count = 0; count < 20; count++) {
      const watch = registry.watch({ signal });
      await use(watch, registry);
      watches.push(new WeakRef(watch));
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    }
    // The last one may stand on the stack of this very loop.
    const kept = (): number => watches.filter((ref) => ref.deref() !== undefined).length;
    for (let round = 0; round < 50 && kept() > 1; round++) {
      await turn();
      collectGarbage();
    }
    expect(kept()).toBeLessThan(2);
    await registry.close();
  });

  it('listens to its signal while it waits, and no longer', async () => {
    const registry = new OpenRegistry();
    const { signal } = new AbortController();
    const watch = registry.watch({ signal });
    const next = watch.next();
    await turn();
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await registry.upsert(peerNumbered(1));
    expect(await next).toMatchObject({ value: { seq: 1 } });
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('begins where it was made, however late it is read', async () => {
    const registry = new OpenRegistry();
    await registry.upsert(peerNumbered(1));
    const watch = registry.watch();
    await registry.upsert(peerNumbered(2));
    await registry.upsert(peerNumbered(3));
    expect((await nextOf(watch)).seq).toBe(2);
    const [third, fourth] = [watch.next(), watch.next()];
    await registry.upsert(peerNumbered(4));
    expect(await third).toMatchObject({ value: { seq: 3 } });
    expect(await fourth).toMatchObject({ value: { seq: 4 } });
    const last = watch.next();
    await registry.close();
    expect(await last).toEqual({ done: true, value: undefined });
  });
});

describe('a watch over what a thread has written into the log', () => {
  /** Gets all peers anew, and then what is committed; nothing ends it but the registry. */
  async function findsBack(registry: OpenRegistry, watch: Watch): Promise<void> {
    const update = (): Promise<unknown> =>
      registry.updateMetrics('peer-1', { latencyMs: registry.lastSeq });
    await update();
    let event = await nextOf(watch);
    // What it had copied before is as good as ever.
    while (event.kind !== 'Resync' && event.seq < registry.lastSeq) event = await nextOf(watch);
    if (event.kind === 'Resync') {
      expect(event.seq).toBe(registry.lastSeq);
      expect([...event.peers].map(toObject)).toEqual(registry.peers.allPeers());
    }
    await update();
    expect(await nextOf(watch)).toMatchObject({ kind: 'PeerUpdated', seq: registry.lastSeq });
  }

  const words = ['published', 'claimed', 'epoch', 'closed', 'sleepers'] as const;

  it.each(
    words.flatMap((word) =>
      [-1, 0, 1, 2 ** 31 - 1, -(2 ** 31)].map((value) => [word, value] as const),
    ),
  )('is not misled for long by %s = %i, awake or asleep', async (word, value) => {
    const registry = new OpenRegistry({ log: { logBytes: 1024 * 1024 } });
    await registry.upsert(peerNumbered(1));
    for (const isAsleep of [false, true]) {
      const watch = registry.watch();
      if (isAsleep) {
        const next = watch.next();
        await turn();
        Atomics.store(registry.changeLog.memory.words, Word[word], value);
        Atomics.notify(registry.changeLog.memory.words, Word.published);
        await turn();
        await registry.updateMetrics('peer-1', { latencyMs: 0.5 + registry.lastSeq });
        expect(await next).toMatchObject({ done: false, value: { seq: registry.lastSeq } });
      }
      Atomics.store(registry.changeLog.memory.words, Word[word], value);
      await findsBack(registry, watch);
      await watch.return!();
    }
    await registry.close();
  });

  it.each([
    ['lengths', 0],
    ['kinds', 4],
    ['seqs', 8],
    ['entries', 20],
    ['everything', undefined],
  ])('gets all peers anew in place of what makes no sense: %s', async (_, offset) => {
    const registry = new OpenRegistry({ log: { logBytes: 1024 * 1024 } });
    await registry.upsert(peerNumbered(1));
    const { u8 } = registry.changeLog.memory;
    for (const byte of [0, 1, 0x7f, 0xff]) {
      const watch = registry.watch();
      const { position } = registry.changeLog.writer.checkpoint();
      await registry.updateMetrics('peer-1', { latencyMs: byte + 0.25 });
      const at = (position * UNIT_BYTES) % u8.length;
      if (offset === undefined) u8.fill(byte);
      else u8.fill(byte, at + offset, at + offset + 4);
      await nextOf(watch);
      await findsBack(registry, watch);
    }
    await registry.close();
  });
});
