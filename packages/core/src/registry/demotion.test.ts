import { describe, expect, it } from 'vitest';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { RegistryFencedError } from '../store-error.js';
import { ManualClock } from './manual-clock.fixture.js';
import { MemoryDisk } from './memory-disk.fixture.js';
import { OpenRegistry } from './open-registry.fixture.js';
import { OpenReplica, PrimaryRecord, ScriptedSource } from './replica.fixture.js';

const options = { log: { logBytes: 2 ** 20 } };
const fenced = new RegistryFencedError('another life has begun');

describe('a primary that another has taken over from', () => {
  it('C6 follows that in place, and what it alone had committed is gone', async () => {
    const { heir, record, former } = await replaced();
    const before = former.digest();
    former.fence(fenced);
    expect(former.fenced.reason).toBe(fenced);
    const source = new ScriptedSource(() => record.snapshot());
    await former.demote(source);
    expect(former.digest()).not.toBe(before);
    expect(former.digest()).toBe(heir.digest());
    expect([former.lastSeq, former.epoch, former.state]).toEqual([3, 3, 'replica.idle']);
    expect(former.fenced.aborted).toBe(false);
    await expect(former.upsert(peerNumbered(1))).rejects.toMatchObject({
      code: 'REGISTRY_READ_ONLY',
    });
    await heir.upsert(peerNumbered(30));
    record.take();
    source.push(record.run(4, 4));
    await former.atLeast(4);
    expect(former.digest()).toBe(heir.digest());
    await closeAll(former, heir);
  });

  it('C9 has those wait on who wait for a transaction meanwhile', async () => {
    const { heir, record, former } = await replaced();
    former.fence(fenced);
    const waiting = former.atLeast(9);
    const source = new ScriptedSource(() => record.snapshot());
    await former.demote(source);
    for (let index = 31; index <= 36; index++) await heir.upsert(peerNumbered(index));
    record.take();
    source.push(record.run(4, 9));
    await waiting;
    expect(former.digest()).toBe(heir.digest());
    await closeAll(former, heir);
  });

  it('C6 resyncs its watches, though the numbers go on where they were', async () => {
    const { heir, record, former } = await replaced();
    const behind = former.watch();
    const ahead = former.watch({ from: 3 });
    for (let seq = 3; seq <= 6; seq++) {
      expect((await ahead.next()).value).toMatchObject({ kind: 'PeerAdded', seq });
    }
    former.fence(fenced);
    const source = new ScriptedSource(() => record.snapshot());
    await former.demote(source);
    for (let index = 31; index <= 36; index++) await heir.upsert(peerNumbered(index));
    record.take();
    source.push(record.run(4, 9));
    await former.atLeast(9);
    for (const watch of [behind, ahead]) {
      const { value } = await watch.next();
      if (value?.kind !== 'Resync') throw new Error(`expected a resync, got ${value?.kind}`);
      const peers = Array.from(value.peers, (peer) => peer.peerId.nodeId);
      expect(peers).toHaveLength(heir.peers.size);
      expect(peers).not.toContain('peer-12');
      await watch.return?.();
    }
    await closeAll(former, heir);
  });

  it('rejects what was under way with the reason, and takes commands when it is promoted again', async () => {
    const { record, former, heir } = await replaced();
    const waiting = Array.from({ length: 50 }, (_, index) => former.upsert(peerNumbered(index)));
    former.fence(fenced);
    for (const outcome of await Promise.allSettled(waiting)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'STORE_FENCED' } });
    }
    await former.demote(new ScriptedSource(() => record.snapshot()));
    await former.promote({ epoch: 4 });
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, index) => former.upsert(peerNumbered(100 + index))),
    );
    expect(results.at(-1)).toEqual({ seq: 53, change: 'added' });
    await closeAll(former, heir);
  });

  it('gives its store back before it follows', async () => {
    const { record, heir } = await replaced();
    const disk = new MemoryDisk();
    disk.kept = { ...(await record.snapshot()).state, epoch: 4 };
    const source = new ScriptedSource(() => record.snapshot());
    const former = await OpenReplica.of(source, options);
    await former.promote({ store: disk });
    expect([disk.isOpen, former.epoch]).toEqual([true, 5]);
    await former.upsert(peerNumbered(40));
    former.fence(fenced);
    const snapshot = await record.snapshot();
    const state = { ...snapshot.state, epoch: 6 };
    await former.demote(new ScriptedSource(() => Promise.resolve({ ...snapshot, state })));
    expect([disk.isOpen, former.durableSeq, former.epoch]).toEqual([false, undefined, 6]);
    await former.promote();
    await former.upsert(peerNumbered(41));
    await closeAll(former, heir);
  });

  it('stays fenced when the source is of no use, which is closed, and takes another', async () => {
    const { record, former, heir } = await replaced();
    await expect(former.demote(new ScriptedSource())).rejects.toMatchObject({
      code: 'REPLICA_ENDED',
    });
    former.fence(fenced);
    const bad = new ScriptedSource(() => Promise.reject(new Error('no servers')));
    await expect(former.demote(bad)).rejects.toMatchObject({ code: 'REPLICA_SOURCE' });
    expect([bad.isClosed, former.state]).toEqual([true, 'fenced']);
    await former.demote(new ScriptedSource(() => record.snapshot()));
    expect(former.digest()).toBe(heir.digest());
    await closeAll(former, heir);
  });

  it('that resigned has kept all that it took, and takes nothing more', async () => {
    const { record, former, heir } = await replaced();
    const taken = Array.from({ length: 20 }, (_, index) => former.upsert(peerNumbered(50 + index)));
    const resigned = former.resign();
    const late = former.upsert(peerNumbered(90));
    await expect(late).rejects.toMatchObject({ code: 'STORE_FENCED' });
    await resigned;
    expect((await Promise.all(taken)).at(-1)).toMatchObject({ change: 'added' });
    expect(former.state).toBe('fenced');
    await former.demote(new ScriptedSource(() => record.snapshot()));
    await expect(former.resign()).rejects.toMatchObject({ code: 'REPLICA_ENDED' });
    await closeAll(former, heir);
  });

  it('that is fenced while it closes comes to its end', async () => {
    const { former, heir } = await replaced();
    const waiting = Array.from({ length: 5 }, (_, index) => former.upsert(peerNumbered(index)));
    const closing = former.close();
    former.fence(fenced);
    await Promise.allSettled(waiting);
    await closing;
    expect(former.state).toBe('closed');
    await heir.close();
  });
});

/** Two that have followed the same: one goes on in life 2, the other in life 3. */
async function replaced() {
  const primary = new OpenRegistry(options, new ManualClock());
  const first = new PrimaryRecord(primary);
  const make = async (): Promise<OpenReplica> => {
    const source = new ScriptedSource(() => first.snapshot());
    const replica = await OpenReplica.of(source, options);
    return Object.assign(replica, { source });
  };
  const former = await make();
  const heir = await make();
  const record = new PrimaryRecord(heir);
  await primary.upsert(peerNumbered(1));
  await primary.upsert(peerNumbered(2));
  first.take();
  for (const one of [former, heir]) {
    (one as unknown as { source: ScriptedSource }).source.push(first.run(1, 2));
    await one.atLeast(2);
  }
  await primary.close();
  await former.promote({ epoch: 2 });
  for (let index = 11; index <= 14; index++) await former.upsert(peerNumbered(index));
  await heir.promote({ epoch: 3 });
  await heir.upsert(peerNumbered(20));
  record.take();
  return { former, heir, record };
}

async function closeAll(...registries: readonly OpenRegistry[]): Promise<void> {
  await Promise.all(registries.map((registry) => registry.close()));
}
