import { describe, expect, it } from 'vitest';
import { RunOffset } from '../log/run-format.js';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { ManualClock, settleTurns } from './manual-clock.fixture.js';
import { MemoryDisk } from './memory-disk.fixture.js';
import { OpenRegistry } from './open-registry.fixture.js';
import { openLife } from './registry-life.js';
import { RegistryFencedError } from '../store-error.js';
import { OpenReplica, PrimaryRecord, ScriptedSource } from './replica.fixture.js';

const options = { log: { logBytes: 2 ** 20 } };

describe('what comes from a source', () => {
  it.each<[string, string, (record: PrimaryRecord) => Buffer]>([
    ['a cut run', 'REPLICA_RUN', (record) => record.run(3, 4).subarray(0, -8)],
    ['a run with a bit turned', 'REPLICA_RUN', (record) => turned(record.run(3, 4), 200)],
    [
      'a run of another version',
      'REPLICA_RUN',
      (record) => turned(record.run(3, 4), RunOffset.version),
    ],
    ['no run', 'REPLICA_RUN', () => Buffer.alloc(4096)],
    ['a run that leaves one out', 'REPLICA_HOLE', (record) => record.run(4, 4)],
    ['a run of another registry', 'REPLICA_FOREIGN', (record) => record.run(3, 4, { id: otherId })],
    [
      'a run that another life has begun anew',
      'REPLICA_DIVERGED',
      (record) => record.run(2, 4, { epoch: 9 }),
    ],
    ['a peer that is here already', 'REPLICA_DIVERGED', (record) => renumbered(record, 1)],
    ['an update of what was something else', 'REPLICA_DIVERGED', (record) => renumbered(record, 4)],
    ['a removal of what is not here', 'REPLICA_DIVERGED', (record) => renumbered(record, 6)],
    ['no bytes', 'REPLICA_SOURCE', () => 'run' as unknown as Buffer],
  ])('is refused, and changes nothing: %s', async (_, code, damaged) => {
    const { primary, record, source, replica } = await following();
    const before = replica.fingerprint();
    source.push(damaged(record));
    expect(await replica.replication.ended).toMatchObject({ code });
    expect(replica.fingerprint()).toEqual(before);
    await expect(replica.atLeast(3)).rejects.toMatchObject({ code: 'REPLICA_ENDED' });
    await Promise.all([replica.close(), primary.close()]);
  });

  it('is refused when it is of a life before the one that is applied', async () => {
    const { primary, record, source, replica } = await following();
    source.push(record.run(3, 3, { epoch: 5 }));
    await replica.atLeast(3);
    source.push(record.run(2, 3), record.run(4, 4));
    expect(await replica.replication.ended).toMatchObject({ code: 'REPLICA_EPOCH' });
    expect([replica.lastSeq, replica.epoch]).toEqual([3, 5]);
    await Promise.all([replica.close(), primary.close()]);
  });

  it('is refused when a snapshot is older than what is applied, or none', async () => {
    const { primary, record, source, replica } = await following();
    const { state } = await record.snapshot();
    const old = { ...state, lastSeq: 2, peers: 0 };
    source.gap(() => Promise.resolve({ state: old, entries: noEntries }));
    expect(await replica.replication.ended).toMatchObject({ code: 'REPLICA_SNAPSHOT' });
    const none = { state: { ...state, epoch: -1 }, entries: noEntries };
    const bad = new ScriptedSource(() => Promise.resolve(none as never));
    await expect(OpenReplica.of(bad, options)).rejects.toMatchObject({ code: 'REPLICA_SNAPSHOT' });
    expect(bad.isClosed).toBe(true);
    await Promise.all([replica.close(), primary.close()]);
  });
});

describe('a snapshot that is removed while it is read', () => {
  it('is replaced by a newer one, at the start and later', async () => {
    const { primary, record, source, replica } = await following();
    const early = await record.snapshot();
    await primary.upsert(peerNumbered(20));
    record.take();
    const newer = await record.snapshot();
    const starting = new ScriptedSource(ScriptedSource.removed(early), () =>
      Promise.resolve(newer),
    );
    const started = await OpenReplica.of(starting, options);
    expect([started.digest(), started.lastSeq]).toEqual([primary.digest(), primary.lastSeq]);
    expect(starting.asked.map(({ since }) => since)).toEqual([0, early.state.lastSeq]);
    source.gap(ScriptedSource.removed(newer));
    source.snapshots.push(() => Promise.resolve(newer));
    await replica.atLeast(newer.state.lastSeq);
    expect(replica.digest()).toBe(primary.digest());
    await Promise.all([started.close(), replica.close(), primary.close()]);
  });

  it('ends it when there are only such', async () => {
    const { primary, record, replica } = await following();
    const snapshot = await record.snapshot();
    const source = new ScriptedSource();
    source.snapshots = Array.from({ length: 20 }, () => ScriptedSource.removed(snapshot));
    await expect(OpenReplica.of(source, options)).rejects.toMatchObject({ code: 'REPLICA_GAP' });
    await Promise.all([replica.close(), primary.close()]);
  });
});

describe('a replica', () => {
  it('refuses commands of its own, and says how far it is behind', async () => {
    const { primary, source, replica } = await following();
    await expect(replica.upsert(peerNumbered(9))).rejects.toMatchObject({
      code: 'REGISTRY_READ_ONLY',
    });
    source.head = { epoch: 1, seq: 6, time: replica.replication.lag.ms + 1_000_250 };
    expect(replica.replication.lag).toEqual({ transactions: 4, ms: 250 });
    expect(replica.state).toBe('replica.idle');
    await Promise.all([replica.close(), primary.close()]);
  });

  it('goes on in the store of its primary when it is promoted with it, having come to where that is', async () => {
    const disk = new MemoryDisk();
    const life = await openLife(disk, options);
    const primary = new OpenRegistry(options, new ManualClock(), life);
    await primary.restore();
    const record = new PrimaryRecord(primary);
    const source = new ScriptedSource(() => record.snapshot());
    const durable = { ...options, durability: 'commit' as const };
    const replica = await OpenReplica.of(source, durable);
    for (let number = 1; number <= 5; number++) await primary.upsert(peerNumbered(number));
    await primary.close();
    record.take();
    source.push(record.run(1, 3));
    await replica.atLeast(3);
    const promoted = replica.promote({ store: disk });
    source.push(record.run(4, 5));
    await promoted;
    expect([replica.epoch, replica.lastSeq, replica.state]).toEqual([2, 5, 'open.idle']);
    expect(await replica.upsert(peerNumbered(6))).toMatchObject({ seq: 6 });
    expect([replica.durableSeq, disk.kept.lastSeq, disk.kept.epoch]).toEqual([6, 6, 2]);
    await replica.close();
  });

  it('stays a replica when it does not come to where the store is, which is closed', async () => {
    const { primary, record, source, replica } = await following();
    const disk = new MemoryDisk();
    disk.kept = { ...(await record.snapshot()).state };
    await expect(replica.promote({ store: disk, timeoutMs: 50 })).rejects.toMatchObject({
      code: 'REPLICA_BEHIND',
    });
    expect([disk.isOpen, replica.state]).toEqual([false, 'replica.idle']);
    await expect(replica.promote({ epoch: 1 })).rejects.toMatchObject({ code: 'REPLICA_EPOCH' });
    source.push(record.run(3, 6));
    await replica.atLeast(6);
    expect(replica.digest()).toBe(primary.digest());
    await Promise.all([replica.close(), primary.close()]);
  });
});

describe('a fenced registry', () => {
  it('refuses what waits and what comes with the reason, and acknowledges nothing more', async () => {
    const disk = new MemoryDisk();
    const life = await openLife(disk, options);
    const durable = {
      ...options,
      durability: 'commit' as const,
      onStoreFailure: 'continue' as const,
    };
    const registry = new OpenRegistry(durable, new ManualClock(), life);
    await registry.restore();
    const release = disk.hold();
    const committed = registry.upsert(peerNumbered(1));
    while (registry.lastSeq < 1) await settleTurns(1);
    const waiting = registry.upsert(peerNumbered(2));
    registry.fence(new RegistryFencedError('another life has begun'));
    const code = 'STORE_FENCED';
    await expect(committed).rejects.toMatchObject({ code });
    await expect(waiting).rejects.toMatchObject({ code });
    await expect(registry.remove('peer-1')).rejects.toMatchObject({ code });
    expect([registry.state, registry.lastSeq, registry.peers.size]).toEqual(['fenced', 1, 1]);
    release();
    await registry.close();
    expect(registry.state).toBe('closed');
  });
});

const otherId = '00000000-0000-4000-8000-000000000000';

/** A primary with six transactions, of which a replica has two. */
async function following() {
  const primary = new OpenRegistry(options, new ManualClock());
  const record = new PrimaryRecord(primary);
  const source = new ScriptedSource(() => record.snapshot());
  const replica = await OpenReplica.of(source, options);
  await primary.upsert(peerNumbered(1));
  await primary.upsert(peerNumbered(2));
  await primary.upsert(peerNumbered(3));
  await primary.update('peer-3', { trustScore: 0.25 });
  await primary.upsert(peerNumbered(4));
  await primary.remove('peer-4');
  record.take();
  source.push(record.run(1, 2));
  await replica.atLeast(2);
  return { primary, record, source, replica };
}

function turned(run: Buffer, at: number): Buffer {
  run[at]! ^= 4;
  return run;
}

/** A run of transaction 3 alone that says what another one says. */
function renumbered(record: PrimaryRecord, seq: number): Buffer {
  const records = Buffer.from(record.transactions[seq - 1]!);
  records.writeDoubleLE(3, 8);
  record.transactions[2] = records;
  return record.run(3, 3);
}

async function* noEntries(): AsyncGenerator<never> {
  yield* await Promise.resolve([]);
}
