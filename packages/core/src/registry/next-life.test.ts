import { describe, expect, it } from 'vitest';
import { toObject } from '../log/event-view.js';
import { SnapshotView } from '../log/snapshot.js';
import { encoded, fullPeer, peerNumbered } from '../peers/peer-entry.fixture.js';
import { nextTurn } from '../turns.js';
import { BatchUpdate } from './batch-update.js';
import { ManualClock } from './manual-clock.fixture.js';
import { MemoryDisk } from './memory-disk.fixture.js';
import { OpenRegistry } from './open-registry.fixture.js';
import type { ConnectedRegistry } from './connected-registry.fixture.js';
import { storedRegistry } from './stored-registry.fixture.js';

/** A disk with what became of some peers. */
async function diskWithPeers(): Promise<{ disk: MemoryDisk; before: ConnectedRegistry }> {
  const disk = new MemoryDisk();
  const before = await storedRegistry(disk, {}, new ManualClock(500));
  await before.upsertMany(Array.from({ length: 250 }, (_, number) => peerNumbered(number)));
  await before.commitBatch(new BatchUpdate().remove('peer-3').upsert(fullPeer()));
  await before.update('peer-9', { trustScore: 0.25, nextHop: 'peer-1' });
  await before.close();
  return { disk, before };
}

describe('the next life of a registry', () => {
  it('has the peers of the last one, its id, a higher epoch, and goes on with its seqs', async () => {
    const { disk, before } = await diskWithPeers();
    expect([before.epoch, before.lastSeq, before.durableSeq]).toEqual([1, 252, 252]);
    const registry = await storedRegistry(disk);
    expect([registry.id, registry.epoch, registry.lastSeq]).toEqual([before.id, 2, 252]);
    expect(registry.digest()).toBe(before.digest());
    expect(registry.peers.allPeers().length).toBe(249);
    expect(registry.peers.get('peer-9')).toEqual(before.peers.get('peer-9'));
    expect(await registry.upsert(peerNumbered(3))).toEqual({ seq: 253, change: 'added' });
    expect(await registry.upsert(peerNumbered(3))).toEqual({ seq: 253, change: 'unchanged' });
    await expect(
      registry.upsert(peerNumbered(900, {}, { publicKey: '0000000000000001' })),
    ).rejects.toMatchObject({ code: 'IDENTITY_CONFLICT' });
    await registry.close();
  });

  it('shows events, snapshots, watches and callers elsewhere seqs that follow on the last', async () => {
    const { disk } = await diskWithPeers();
    const registry = await storedRegistry(disk, {}, new ManualClock(900));
    const { data } = await registry.snapshotTaker.take(() => true);
    const snapshot = new SnapshotView(data);
    expect([snapshot.seq, snapshot.at, snapshot.size]).toEqual([252, 500, 249]);
    const watch = registry.watch();
    const { connection } = registry.connect();
    expect(await connection.upsert(peerNumbered(400))).toEqual({ seq: 253, change: 'added' });
    expect((await watch.next()).value).toMatchObject({ kind: 'PeerAdded', seq: 253, at: 900 });
    expect(registry.newEvents().map(({ seq }) => seq)).toEqual([253]);
    await watch.return!();
    await registry.close();
  });

  it('begins anew each time, also when nothing was changed', async () => {
    const disk = new MemoryDisk();
    for (let epoch = 1; epoch <= 3; epoch++) {
      const registry = await storedRegistry(disk);
      expect([registry.epoch, registry.lastSeq, registry.durableSeq]).toEqual([epoch, 0, 0]);
      await registry.close();
    }
  });

  it('is that of no other registry: without a store each has an id of its own, and epoch 1', () => {
    const [one, other] = [new OpenRegistry(), new OpenRegistry()];
    expect(one.id).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(one.id).not.toBe(other.id);
    expect([one.epoch, one.lastSeq, one.durableSeq, one.storeStats()]).toEqual([
      1,
      0,
      undefined,
      undefined,
    ]);
  });

  it('goes on with seqs beyond 32 bits', async () => {
    const disk = new MemoryDisk();
    const before = await storedRegistry(disk);
    await before.upsert(peerNumbered(1));
    await before.close();
    const lastSeq = 2 ** 32 - 2;
    disk.kept = { ...disk.kept, lastSeq };
    const registry = await storedRegistry(disk, { durability: 'commit' });
    for (let more = 1; more <= 4; more++) {
      expect(await registry.remove('peer-1')).toMatchObject({
        seq: lastSeq + (more === 1 ? 1 : 1 + 2 * (more - 1)),
      });
      expect(registry.durableSeq).toBe(registry.lastSeq);
      await registry.upsert(peerNumbered(1));
    }
    expect(registry.newEvents().map(toObject).at(-1)).toMatchObject({ seq: lastSeq + 8 });
    await registry.close();
  });
});

describe('what a store gives', () => {
  it.each<[string, (disk: MemoryDisk) => void]>([
    ['a peer too few', (disk) => disk.entries.delete('peer-7')],
    ['a peer twice', (disk) => disk.entries.set('again', disk.entries.get('peer-7')!)],
    [
      'a key twice',
      (disk) => {
        const twin = peerNumbered(800, {}, { publicKey: peerNumbered(5).peerId.publicKey });
        disk.entries.set('peer-5b', Buffer.from(encoded(twin).bytes));
      },
    ],
    ['half a peer', (disk) => disk.entries.set('peer-7', disk.entries.get('peer-7')!.subarray(8))],
    ['a byte that no encoder writes', (disk) => disk.entries.get('peer-7')!.fill(255, 8, 16)],
    ['an entry beyond its block', (disk) => disk.entries.get('peer-6')!.writeUInt32LE(65_528)],
  ])('is refused with %s', async (_, spoil) => {
    const { disk } = await diskWithPeers();
    spoil(disk);
    const opened = storedRegistry(disk);
    await expect(opened).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });

  it('is taken a few milliseconds at a time: others have their turns', async () => {
    const disk = new MemoryDisk();
    const before = await storedRegistry(disk, { peers: { maxPeers: 50_000 } });
    await before.upsertMany(Array.from({ length: 20_000 }, (_, number) => peerNumbered(number)));
    await before.close();
    disk.blockSize = 20_000;
    let turns = 0;
    let isOver = false;
    void (async () => {
      for (; !isOver; turns++) await nextTurn();
    })();
    const registry = await storedRegistry(disk);
    isOver = true;
    expect(registry.peers.stats().total).toBe(20_000);
    expect(turns).toBeGreaterThan(5);
    await registry.close();
  });
});
