import { describe, expect, it } from 'vitest';
import { ReceivedRun } from '../log/received-run.js';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { StoreError } from '../store-error.js';
import { ConfigError } from '../errors.js';
import { nextTurn } from '../turns.js';
import { BatchUpdate } from './batch-update.js';
import { MemoryDisk } from './memory-disk.fixture.js';
import { OpenRegistry } from './open-registry.fixture.js';
import { storedRegistry } from './stored-registry.fixture.js';
import { StoredRuns } from './stored-runs.js';
import type { Watch, WatchEvent } from './watch.js';

/** So many events of a watch. */
async function take(watch: Watch, count: number): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  while (events.length < count) {
    const { value } = await watch.next();
    if (value === undefined) throw new Error(`the watch is over after ${events.length}`);
    events.push(value);
  }
  await watch.return!();
  return events;
}

const seqsOf = (events: readonly WatchEvent[]): number[] => events.map(({ seq }) => seq);
const seqs = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
const upserts = (count: number, kinds = 500) =>
  Array.from({ length: count }, (_, number) =>
    peerNumbered(number % kinds, { trafficRouted: number }),
  );

describe('a watch from a transaction on', () => {
  it('is told of each once, from any that the log still has', async () => {
    const registry = new OpenRegistry();
    await registry.upsertMany(upserts(2_000));
    for (const from of [1, 2, 700, 1_999, 2_000]) {
      const events = await take(registry.watch({ from }), 2_001 - from);
      expect(seqsOf(events)).toEqual(seqs(from, 2_000));
    }
    const next = registry.watch({ from: 2_001 });
    await registry.commitBatch(new BatchUpdate().remove('peer-1').remove('peer-2'));
    expect(await take(next, 1)).toMatchObject([{ kind: 'BatchUpdate', seq: 2_001 }]);
    await registry.close();
  });

  it('is told of those that its filter wants alone', async () => {
    const registry = new OpenRegistry();
    await registry.upsertMany(upserts(300));
    await registry.remove('peer-7');
    await registry.upsertMany(upserts(300));
    await registry.remove('peer-8');
    const watch = registry.watch({ from: 100, kinds: ['PeerRemoved'] });
    expect(await take(watch, 2)).toMatchObject([{ nodeId: 'peer-7' }, { nodeId: 'peer-8' }]);
    await registry.close();
  });

  it('gets all peers when the log has it no more, and when it never was', async () => {
    const registry = new OpenRegistry({ log: { logBytes: 2 ** 20 } });
    await registry.upsertMany(upserts(9_000));
    for (const from of [1, 9_100]) {
      const watch = registry.watch({ from });
      expect((await watch.next()).value).toMatchObject({ kind: 'Resync', seq: registry.lastSeq });
      await registry.remove(`peer-${from % 500}`);
      expect((await watch.next()).value).toMatchObject({ seq: registry.lastSeq });
      await watch.return!();
    }
    await registry.close();
  });

  it('is refused at once when that can be none', () => {
    const registry = new OpenRegistry();
    for (const from of [0, -1, 1.5, NaN, '1']) {
      expect(() => registry.watch({ from: from as number })).toThrow(ConfigError);
    }
  });
});

describe('a watch of a registry with a store', () => {
  it('is told of what only the store has, and goes on in the log without a gap', async () => {
    const disk = new MemoryDisk();
    const registry = await storedRegistry(disk);
    await registry.upsertMany(upserts(9_000));
    const watch = registry.watch({ from: 5 });
    const first = await watch.next();
    expect(first.value).toMatchObject({ seq: 5 });
    await registry.upsertMany(upserts(100, 90));
    expect(seqsOf(await take(watch, 9_095))).toEqual(seqs(6, 9_100));
    await registry.close();
  });

  it('is told of what came in an earlier life', async () => {
    const disk = new MemoryDisk();
    const before = await storedRegistry(disk);
    await before.upsertMany(upserts(1_000));
    await before.close();
    const registry = await storedRegistry(disk);
    await registry.remove('peer-1');
    expect(seqsOf(await take(registry.watch({ from: 10 }), 992))).toEqual(seqs(10, 1_001));
    await registry.close();
  });

  it('that was overtaken is told of all that the store has kept', async () => {
    const registry = await storedRegistry(new MemoryDisk());
    await registry.upsert(peerNumbered(0));
    const watch = registry.watch({ from: 1 });
    await watch.next();
    await registry.upsertMany(upserts(9_000));
    const { lastSeq } = registry;
    expect(seqsOf(await take(watch, lastSeq - 1))).toEqual(seqs(2, lastSeq));
    await registry.close();
  });

  it('E8 comes back a hundred times, and is told of every change exactly once', async () => {
    const registry = await storedRegistry(new MemoryDisk());
    const seen: number[] = [];
    for (let visit = 0; visit < 100; visit++) {
      await registry.upsertMany(upserts(150).map((peer) => ({ ...peer, hopCount: visit })));
      const count = Math.min(registry.lastSeq - seen.length, 1 + ((visit * 37) % 290));
      seen.push(...seqsOf(await take(registry.watch({ from: seen.length + 1 }), count)));
    }
    expect(seen).toEqual(seqs(1, seen.length));
    expect(seen.length).toBeGreaterThan(10_000);
    await registry.close();
  });

  it.each<[string, (disk: MemoryDisk) => void]>([
    ['does not keep them so long', (disk) => disk.runs.splice(0, 3)],
    ['gives bytes that are no run', (disk) => disk.runs.forEach((run) => (run[90]! ^= 1))],
    ['gives others than asked for', (disk) => disk.runs.splice(0, 1, disk.runs.at(-1)!)],
  ])('gets all peers when the store %s', async (_, spoil) => {
    const disk = new MemoryDisk();
    const before = await storedRegistry(disk);
    await before.upsertMany(upserts(2_000));
    await before.close();
    spoil(disk);
    const registry = await storedRegistry(disk);
    const [resync] = await take(registry.watch({ from: 1 }), 1);
    expect(resync).toMatchObject({ kind: 'Resync', seq: 2_000 });
    await registry.close();
  });

  it('believes no run of another registry, nor one without the transaction that is due', async () => {
    const disk = new MemoryDisk();
    const before = await storedRegistry(disk);
    await before.upsertMany(upserts(10));
    await before.close();
    const runs = {
      history: async function* () {
        await nextTurn();
        yield* disk.runs;
      },
    };
    const durable = (): Promise<void> => Promise.resolve();
    const { lastSeq } = new ReceivedRun(disk.runs[0]!).head;
    expect((await new StoredRuns(runs, before.id, durable).next(lastSeq)).head.id).toBe(before.id);
    for (const [id, due] of [
      ['00000000-0000-4000-8000-000000000000', 1],
      [before.id, lastSeq + 1],
    ] as const) {
      const next = new StoredRuns(runs, id, durable).next(due);
      await expect(next).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    }
  });

  it('gets all peers when the store has failed', async () => {
    const disk = new MemoryDisk();
    const registry = await storedRegistry(disk, { onStoreFailure: 'continue' });
    await registry.upsert(peerNumbered(1));
    await registry.durable();
    disk.flush = () => Promise.reject(new StoreError('STORE_FULL', 'no room'));
    await registry.upsertMany(upserts(9_000));
    const [resync] = await take(registry.watch({ from: 3 }), 1);
    expect(resync).toMatchObject({ kind: 'Resync', seq: registry.lastSeq });
    await registry.close();
  });
});
