import { ReplicaError } from '@panoptes/core';
import { builtIn, createRegistry, createReplica } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import { RestingSource } from '../fixtures/resting-source.js';

describe('a replica', () => {
  it('has its commands taken by another until it is promoted, and its observers go on', async () => {
    const primary = await createRegistry({ logger: false });
    const source = new RestingSource(primary.id);
    const replica = await createReplica({ source, forward: primary, logger: false });
    const mesh = await replica.registerObserver({ module: builtIn('mesh'), name: 'mesh' });
    expect(replica.replicaStats()).toEqual({ follows: 1, lag: 0, lagMs: 0 });
    expect(primary.replicaStats()).toBe(undefined);
    const critical = { module: builtIn('mesh'), name: 'critical', role: 'critical' as const };
    await expect(replica.registerObserver(critical)).rejects.toMatchObject({
      code: 'REGISTRY_READ_ONLY',
    });
    expect(await replica.upsert(peer)).toEqual({ seq: 1, change: 'added' });
    expect([primary.lastSeq, replica.lastSeq, replica.isReplica]).toEqual([1, 0, true]);
    await replica.promote({ epoch: 4 });
    expect(await replica.upsert(peer)).toEqual({ seq: 1, change: 'added' });
    await replica.settled();
    expect([replica.epoch, replica.isReplica, mesh.stats().incarnation]).toEqual([4, false, 1]);
    expect(replica.replicaStats()).toEqual({ follows: 0, lag: 0, lagMs: 0 });
    await expect(replica.promote()).rejects.toBeInstanceOf(ReplicaError);
    await Promise.all([replica.close(), primary.close()]);
    expect(source.isClosed).toBe(true);
  });
});

const peer = { peerId: { nodeId: 'a', publicKey: '0a', did: 'did:zhtp:000000000000000a' } };
