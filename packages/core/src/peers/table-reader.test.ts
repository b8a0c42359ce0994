import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PeerNotFoundError } from '../errors.js';
import type { PeerView } from './entry-view.js';
import { anyPeer, asRead, fullPeer, peerNumbered } from './peer-entry.fixture.js';
import { PeerQueries } from './peer-queries.js';
import { putPeer } from './peer-table.fixture.js';
import { PeerTable } from './peer-table.js';

const nodes = 5;
const anyNode = fc.nat(nodes - 1).map((node) => `node-${node}`);
const anyStep = fc.oneof(
  { weight: 3, arbitrary: fc.record({ put: anyNode, entry: anyPeer }) },
  { weight: 1, arbitrary: fc.record({ remove: anyNode }) },
  { weight: 2, arbitrary: fc.record({ view: anyNode }) },
);

/** A way to read each kind of field, of a group too. */
const readings: readonly ((view: PeerView) => unknown)[] = [
  (view) => view.trustScore,
  (view) => view.authenticated,
  (view) => view.tier,
  (view) => view.peerId.nodeId,
  (view) => view.peerId.publicKey,
  (view) => view.links,
  (view) => view.nextHop,
  (view) => view.location?.region,
  (view) => view.connectionMetrics.latencyMs,
  (view) => view.toObject(),
  (view) => JSON.stringify(view),
];

describe('a view of a peer', () => {
  it('shows the peer as it is by then, and never another one, after any script', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
        const table = new PeerTable();
        const peers = new PeerQueries(table);
        /** How often each node's peer was removed. */
        const removals = new Map<string, number>();
        const stays: { nodeId: string; removals: number | undefined; view: PeerView }[] = [];
        for (const [at, step] of steps.entries()) {
          if ('put' in step) {
            const peerId = { nodeId: step.put, publicKey: `aa${step.put.at(-1)!}0`, did: step.put };
            putPeer(table, asRead({ ...step.entry, peerId, lastSeen: at }));
          } else if ('remove' in step) {
            const slot = table.identities.withNodeId(step.remove);
            if (slot === undefined) continue;
            table.remove(slot);
            removals.set(step.remove, (removals.get(step.remove) ?? 0) + 1);
          } else {
            const view = peers.view(step.view);
            expect(view !== undefined).toBe(peers.has(step.view));
            if (view === undefined) continue;
            stays.push({ nodeId: step.view, removals: removals.get(step.view), view });
          }
        }
        for (const { nodeId, removals: then, view } of stays) {
          const entry = peers.get(nodeId);
          for (const read of readings) {
            if (removals.get(nodeId) !== then) expect(() => read(view)).toThrow(PeerNotFoundError);
            else expect(read(view)).toEqual(read({ ...entry!, toObject: () => entry! }));
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('of a group stays with its peer, too', () => {
    const table = new PeerTable();
    const peers = new PeerQueries(table);
    putPeer(table, fullPeer());
    const { peerId, location } = peers.view('peer-7')!;
    putPeer(table, {
      ...fullPeer(),
      nextHop: 'x'.repeat(250),
      location: { latitude: 1, longitude: 2 },
    });
    expect(location).toMatchObject({ latitude: 1, longitude: 2 });
    table.remove(table.identities.withNodeId('peer-7')!);
    putPeer(table, peerNumbered(8));
    expect(() => peerId.nodeId).toThrow(PeerNotFoundError);
    expect(() => location!.latitude).toThrow("'peer-7' has been removed since this view");
  });

  it('of nobody is none', () => {
    expect(new PeerQueries(new PeerTable()).view('peer-1')).toBeUndefined();
  });
});
