import { describe, expect, it } from 'vitest';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { StoreError } from '../store-error.js';
import { nextTurn } from '../turns.js';
import { BatchUpdate } from './batch-update.js';
import type { ConnectedRegistry } from './connected-registry.fixture.js';
import { settleTurns } from './manual-clock.fixture.js';
import { MemoryDisk } from './memory-disk.fixture.js';
import { OpenRegistry } from './open-registry.fixture.js';
import { storedRegistry } from './stored-registry.fixture.js';

/** A disk whose next flush fails. */
function failing(code: 'STORE_FULL' | 'STORE_FAILED' = 'STORE_FULL'): MemoryDisk {
  const disk = new MemoryDisk();
  disk.flush = () => Promise.reject(new StoreError(code, 'there is no room left'));
  return disk;
}

const doors: [string, (registry: ConnectedRegistry) => Promise<unknown>][] = [
  ['upsert', (registry) => registry.upsert(peerNumbered(1))],
  ['update', (registry) => registry.update('peer-0', { trustScore: 0.75 })],
  ['touch', (registry) => registry.touch('peer-0', 5)],
  ['remove', (registry) => registry.remove('peer-0')],
  ['a batch', (registry) => registry.commitBatch(new BatchUpdate().upsert(peerNumbered(1)))],
  ['upsertMany', (registry) => registry.upsertMany([peerNumbered(1), peerNumbered(2)])],
  ['cleanupExpired', (registry) => registry.cleanupExpired()],
  ['an upsert that changes nothing', (registry) => registry.upsert(peerNumbered(0))],
  [
    'an upsert of another thread',
    (registry) => registry.connect().connection.upsert(peerNumbered(1)),
  ],
  [
    'a batch of another thread',
    (registry) => registry.connect().connection.commitBatch(new BatchUpdate().remove('peer-0')),
  ],
];

describe('a command with durability commit', () => {
  it.each(doors)('has its outcome when it is on disk: %s', async (_, command) => {
    const disk = new MemoryDisk();
    const registry = await storedRegistry(disk, { durability: 'commit' });
    const release = disk.hold();
    // What nothing is changed of rests on what was changed before.
    const first = registry.upsert(peerNumbered(0));
    let isTold = false;
    const told = command(registry).then(() => (isTold = true));
    await settleTurns();
    expect([isTold, registry.durableSeq]).toEqual([false, 0]);
    expect(registry.peers.get('peer-0') === undefined && registry.lastSeq === 1).toBe(false);
    release();
    await Promise.all([first, told]);
    expect(registry.durableSeq).toBe(registry.lastSeq);
    expect(disk.kept.lastSeq).toBe(registry.lastSeq);
    await registry.close();
  });

  it('has it in its turn, refusals among them', async () => {
    const disk = new MemoryDisk();
    const registry = await storedRegistry(disk, { durability: 'commit' });
    const release = disk.hold();
    const told: string[] = [];
    const note = (name: string, outcome: Promise<unknown>): Promise<unknown> =>
      outcome.then(
        () => told.push(name),
        (error: unknown) => told.push(`${name} ${(error as StoreError).code}`),
      );
    const all = [
      note('first', registry.upsert(peerNumbered(1))),
      note('second', registry.update('nobody', { trustScore: 0 })),
      note('third', registry.remove('nobody')),
      note('fourth', registry.remove('peer-1')),
    ];
    await settleTurns();
    expect(told).toEqual([]);
    release();
    await Promise.all(all);
    expect(told).toEqual(['first', 'second PEER_NOT_FOUND', 'third', 'fourth']);
    await registry.close();
  });

  it('is decided while outcomes wait, up to as many as commands may', async () => {
    const disk = new MemoryDisk();
    const options = { durability: 'commit', commands: { maxWaiting: 8 } } as const;
    const registry = await storedRegistry(disk, options);
    const release = disk.hold();
    await settleTurns();
    const outcomes: Promise<unknown>[] = [];
    for (let round = 0; round < 4; round++) {
      for (let number = 0; number < 4; number++) outcomes.push(registry.upsert(peerNumbered(1)));
      await settleTurns();
    }
    expect([registry.lastSeq, registry.waiting]).toEqual([1, 8]);
    release();
    await Promise.all(outcomes);
    await registry.close();
  });

  it('is told with others by one flush', async () => {
    const disk = new MemoryDisk();
    const registry = await storedRegistry(disk, { durability: 'commit' });
    expect(disk.line?.maxUnsyncedMs).toBe(0);
    const before = disk.flushes;
    const upserts = Array.from({ length: 100 }, (_, number) =>
      registry.upsert(peerNumbered(number)),
    );
    await Promise.all(upserts);
    expect(disk.flushes - before).toBeLessThan(10);
    await registry.close();
  });
});

describe('a registry with a store', () => {
  it('tells outcomes at once with durability async, and by durable() when they are on disk', async () => {
    const disk = new MemoryDisk();
    const registry = await storedRegistry(disk, { maxUnsyncedMs: 7 });
    expect(disk.line?.maxUnsyncedMs).toBe(7);
    const release = disk.hold();
    await registry.upsert(peerNumbered(1));
    await registry.upsert(peerNumbered(2));
    let durable = 0;
    const [first, last] = [registry.durable(1), registry.durable()].map((wait) =>
      wait.then(() => durable++),
    );
    await settleTurns();
    expect([durable, registry.durableSeq]).toEqual([0, 0]);
    expect(registry.storeStats()).toMatchObject({ durableSeq: 0, unsynced: 2, syncP99Ms: 2 });
    release();
    await Promise.all([first, last]);
    expect([durable, registry.durableSeq]).toEqual([2, 2]);
    await registry.durable(0);
    await registry.close();
    await registry.durable();
  });

  it('refuses durable() without a store, of what is no seq, and of what never came', async () => {
    const plain = new OpenRegistry();
    await expect(plain.durable()).rejects.toMatchObject({ code: 'STORE_NONE' });
    await expect(plain.durable(-1)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    const registry = await storedRegistry(new MemoryDisk());
    const never = registry.durable(7);
    const refused = expect(never).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
    await registry.close();
    await refused;
    await expect(registry.durable(7)).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
  });

  it('waits when as many transactions as allowed are not on disk', async () => {
    const disk = new MemoryDisk();
    const registry = await storedRegistry(disk, { maxUnsyncedChanges: 3 });
    const release = disk.hold();
    const upserts = Array.from({ length: 9 }, (_, number) => registry.upsert(peerNumbered(number)));
    await settleTurns();
    expect([registry.lastSeq, registry.state]).toEqual([3, 'open.waitingForLog']);
    release();
    await Promise.all(upserts);
    expect(registry.lastSeq).toBe(9);
    await registry.close();
    expect(disk.kept.lastSeq).toBe(9);
  });

  it('never passes the store, however long it takes to read', async () => {
    const disk = new MemoryDisk();
    const observers = { blockTimeoutMs: 1 };
    const registry = await storedRegistry(disk, { observers });
    const release = disk.hold();
    const many = registry.upsertMany(
      Array.from({ length: 9_000 }, (_, number) =>
        peerNumbered(number % 3_000, { trafficRouted: number }),
      ),
    );
    while (registry.state !== 'open.waitingForLog') await nextTurn();
    for (let wait = 0; wait < 20; wait++) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(registry.state).toBe('open.waitingForLog');
    release();
    await many;
    await registry.close();
    expect([disk.kept.lastSeq, disk.entries.size]).toEqual([9_000, 3_000]);
  });

  it('has all on disk when it is closed, and gives the store back', async () => {
    const disk = new MemoryDisk();
    const registry = await storedRegistry(disk);
    for (let number = 0; number < 50; number++) void registry.upsert(peerNumbered(number));
    await expect(storedRegistry(disk)).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    await registry.close();
    expect([disk.kept.lastSeq, disk.isOpen, registry.durableSeq]).toEqual([50, false, 50]);
  });

  it('tells the outcomes that wait when it is closed, each when it is on disk', async () => {
    const disk = new MemoryDisk();
    const registry = await storedRegistry(disk, { durability: 'commit' });
    const release = disk.hold();
    const outcomes = [1, 2].map((number) => registry.upsert(peerNumbered(number)));
    const closed = registry.close();
    await settleTurns();
    release();
    expect(await Promise.all(outcomes)).toMatchObject([{ seq: 1 }, { seq: 2 }]);
    await closed;
  });

  it('loses nothing that it said was durable when its process is killed', async () => {
    const disk = new MemoryDisk();
    const registry = await storedRegistry(disk);
    await registry.upsert(peerNumbered(1));
    await registry.durable();
    disk.crash();
    void registry.upsert(peerNumbered(2));
    disk.flush = nextTurn;
    const next = await storedRegistry(disk);
    expect([next.lastSeq, next.epoch, next.peers.get('peer-1') !== undefined]).toEqual([
      1,
      2,
      true,
    ]);
    await next.close();
  });
});

describe('a store that fails', () => {
  it('stops the registry, which says why, unless it is to go on', async () => {
    const registry = await storedRegistry(failing());
    await registry.upsert(peerNumbered(1));
    const failure = { code: 'REGISTRY_FAILED', cause: { code: 'STORE_FULL' } };
    await expect(registry.durable()).rejects.toMatchObject(failure);
    await expect(registry.upsert(peerNumbered(2))).rejects.toMatchObject(failure);
    expect(registry.warnings).toEqual(['there is no room left']);
    await expect(registry.close()).rejects.toMatchObject({ code: 'STORE_FULL' });
  });

  it('has nothing acknowledged that is not there', async () => {
    const disk = failing();
    const registry = await storedRegistry(disk, { durability: 'commit' });
    const failure = { code: 'REGISTRY_FAILED', cause: { code: 'STORE_FULL' } };
    const both = [registry.upsert(peerNumbered(1)), registry.remove('peer-2')];
    for (const outcome of both) await expect(outcome).rejects.toMatchObject(failure);
    await expect(registry.close()).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect(disk.entries.size).toBe(0);
  });

  it('is left behind when the registry is to go on, which durable() tells', async () => {
    const registry = await storedRegistry(failing(), { onStoreFailure: 'continue' });
    await registry.upsert(peerNumbered(1));
    await expect(registry.durable()).rejects.toMatchObject({ code: 'STORE_FULL' });
    const all = Array.from({ length: 9_000 }, (_, number) =>
      peerNumbered(number % 3_000, { trafficRouted: number }),
    );
    expect(await registry.upsertMany(all)).toMatchObject({ rejected: 0 });
    await expect(registry.durable()).rejects.toMatchObject({ code: 'STORE_FULL' });
    await registry.close();
  });

  it('leaves one that goes on to be read, with durability commit: nothing can be acknowledged', async () => {
    const options = { onStoreFailure: 'continue', durability: 'commit' } as const;
    const registry = await storedRegistry(failing(), options);
    for (let number = 1; number < 4; number++) {
      await expect(registry.upsert(peerNumbered(number))).rejects.toMatchObject({
        code: 'STORE_FULL',
      });
    }
    expect(registry.lastSeq).toBe(1);
    expect(registry.failure.aborted).toBe(false);
    await registry.close();
  });

  it('has failed when it gets nothing to disk for too long', async () => {
    const disk = new MemoryDisk();
    const options = { durability: 'commit', storeTimeoutMs: 1_000 } as const;
    const registry = await storedRegistry(disk, options);
    const release = disk.hold();
    await expect(registry.upsert(peerNumbered(1))).rejects.toMatchObject({
      code: 'REGISTRY_FAILED',
      cause: { code: 'STORE_STUCK' },
    });
    release();
    await registry.close();
  });

  it('keeps nobody from closing one that goes on, though it is stuck for ever', async () => {
    const disk = new MemoryDisk();
    const options = { onStoreFailure: 'continue', storeTimeoutMs: 1_000 } as const;
    const registry = await storedRegistry(disk, options);
    disk.hold();
    await registry.upsert(peerNumbered(1));
    await expect(registry.durable()).rejects.toMatchObject({ code: 'STORE_STUCK' });
    await registry.close();
    expect(registry.state).toBe('closed');
  });

  it('is warned about when it falls behind', async () => {
    const disk = new MemoryDisk();
    const registry = await storedRegistry(disk, { maxUnsyncedChanges: 10 });
    const release = disk.hold();
    for (let number = 0; number < 8; number++) await registry.upsert(peerNumbered(number));
    while (registry.warnings.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(registry.warnings).toEqual(['the store is 8 transactions behind']);
    release();
    await registry.close();
  });
});
