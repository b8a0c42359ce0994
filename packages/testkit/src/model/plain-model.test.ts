import { createPeer, type RegistryEvent } from '@panoptes/core';
import { defineObserver } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import { profileOf } from '../peers/peer-profile.js';
import { VirtualTime } from '../virtual-time.fixture.js';
import { PlainModel } from './plain-model.js';

/** Keeps all it is given. */
const recorder = (seen: RegistryEvent[]) =>
  defineObserver({
    name: 'recorder',
    setup: () => ({ calls: 0, changes: 0 }),
    async onEvents(batch, state) {
      await Promise.resolve();
      expect([batch.firstSeq, batch.lastSeq]).toEqual([seen.length + 1, seen.length + batch.size]);
      seen.push(...batch);
      for (const change of batch.changes()) if (change.seq > 0) state.changes++;
      state.calls++;
    },
    digest: ({ changes }) => `${changes} changes`,
  });

const peer = (nodeId: string, latencyMs = 1) =>
  createPeer({ ...profileOf(nodeId), connectionMetrics: { latencyMs } }, new VirtualTime(0));

describe('the plain model', () => {
  it('makes the events that a registry must make, numbered from 1 without holes', async () => {
    const seen: RegistryEvent[] = [];
    const model = await PlainModel.start([{ name: 'recorder', definition: recorder(seen) }]);
    await model.apply({ at: 0, kind: 'join', peer: peer('a') });
    await model.apply({ at: 0, kind: 'update', peer: peer('a') });
    await model.apply({ at: 0, kind: 'leave', nodeId: 'b' });
    await model.apply({ at: 1, kind: 'update', peer: peer('a', 2) });
    await model.apply({ at: 1, kind: 'update', peer: peer('b') });
    await model.apply({ at: 2, kind: 'leave', nodeId: 'a' });
    expect((await model.account()).findings.get('recorder')).toEqual({ digest: '4 changes' });
    expect(seen).toEqual([
      { kind: 'PeerAdded', seq: 1, at: 0, nodeId: 'a', entry: peer('a') },
      {
        kind: 'PeerUpdated',
        seq: 2,
        at: 1,
        nodeId: 'a',
        old: peer('a'),
        entry: peer('a', 2),
        changed: ['connectionMetrics.latencyMs'],
      },
      { kind: 'PeerAdded', seq: 3, at: 1, nodeId: 'b', entry: peer('b') },
      { kind: 'PeerRemoved', seq: 4, at: 2, nodeId: 'a', entry: peer('a', 2), reason: 'requested' },
    ]);
    expect(model.seq).toBe(4);
    expect([...model.peers.keys()]).toEqual(['b']);
  });

  it('feeds an observer that has several names once, and gives its digest under each', async () => {
    const definition = recorder([]);
    const model = await PlainModel.start([
      { name: 'one', definition },
      { name: 'two', definition },
    ]);
    await model.apply({ at: 0, kind: 'join', peer: peer('a') });
    expect([...(await model.account()).findings]).toEqual([
      ['one', { digest: '1 changes' }],
      ['two', { digest: '1 changes' }],
    ]);
  });

  it('feeds observers in bounded batches while changes come in', async () => {
    const seen: RegistryEvent[] = [];
    const model = await PlainModel.start([{ name: 'recorder', definition: recorder(seen) }]);
    for (let n = 0; n < 2_000; n++) {
      await model.apply({ at: 0, kind: 'update', peer: peer('a', n) });
    }
    expect(seen.length).toBeGreaterThan(1_000);
    await model.account();
    expect(seen.length).toBe(2_000);
  });
});
