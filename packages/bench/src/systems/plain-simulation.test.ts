import { createPeer, type PeerEntry } from '@panoptes/core';
import type { ChurnEvent } from '@panoptes/testkit';
import { defineObserver } from '@panoptes/workers/observer';
import { expect, it } from 'vitest';
import { PlainSimulation } from './plain-simulation.js';

const peerOf = (nodeId: string, tier: PeerEntry['tier']) =>
  createPeer({
    peerId: {
      nodeId,
      publicKey: `0${nodeId.charCodeAt(0)}`.slice(-2),
      did: `did:zhtp:${'a'.repeat(16)}`,
    },
    tier,
  });

it('hands an observer what it subscribes to, and all to one that does not', async () => {
  const seen = new Map<string, string[]>();
  const noting = (name: string, subscribe?: { tiers: ['tier1'] }) =>
    defineObserver({
      name,
      ...(subscribe !== undefined && { subscribe }),
      setup: () => undefined,
      onEvents(batch) {
        const changes = Array.from(batch.changes(), ({ seq, kind }) => `${seq} ${kind}`);
        expect(batch.size).toBe(changes.length);
        seen.set(name, [...(seen.get(name) ?? []), ...changes, 'end']);
      },
    });
  const simulation = await PlainSimulation.open([
    noting('all'),
    noting('some', { tiers: ['tier1'] }),
  ]);
  const handIn = (...events: ChurnEvent[]): void => {
    for (const event of events) simulation.apply(event);
    simulation.flush();
  };
  handIn({ at: 1, kind: 'join', peer: peerOf('a', 'tier1') });
  handIn({ at: 2, kind: 'join', peer: peerOf('b', 'tier3') });
  handIn(
    { at: 3, kind: 'patch', nodeId: 'b', patch: { hopCount: 3 } },
    { at: 4, kind: 'patch', nodeId: 'a', patch: { tier: 'tier2' } },
    { at: 5, kind: 'leave', nodeId: 'a' },
  );
  expect(seen.get('all')).toEqual([
    ...['1 PeerAdded', 'end', '2 PeerAdded', 'end'],
    ...['3 PeerUpdated', '4 PeerUpdated', '5 PeerRemoved', 'end'],
  ]);
  expect(seen.get('some')).toEqual(['1 PeerAdded', 'end', '4 PeerUpdated', 'end']);
});
