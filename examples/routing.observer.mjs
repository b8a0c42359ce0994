// An observer: which peers are reached through which next hop.
import { createHash } from 'node:crypto';
import { defineObserver } from '@panoptes/workers/observer';

/** @typedef {{ routes: Map<string, { via: string, hops: number }>, maxHops: number }} Routing */

export default defineObserver({
  name: 'routing',

  // State belongs to one incarnation: a restart calls `setup` again, on a new thread.
  setup: (ctx) => ({ routes: new Map(), maxHops: ctx.options?.maxHops ?? 8 }),

  // All peers at one seq, after `setup` and after each resync. It replaces what was known.
  onSnapshot(peers, /** @type {Routing} */ state) {
    state.routes.clear();
    for (const entry of peers) learn(state, entry.peerId.nodeId, entry);
  },

  // Everything after that seq, in order. Entries are views, valid until this returns (or, if it
  // is async, until its promise settles): keep fields or `toObject()`, never the view itself.
  onEvents(batch, /** @type {Routing} */ state) {
    for (const change of batch.changes()) {
      if (change.kind === 'PeerRemoved') state.routes.delete(change.nodeId);
      else learn(state, change.nodeId, change.entry);
    }
  },

  // Asked from outside as `handle.query.routeTo(id)`; answers are copied between threads.
  queries: {
    routeTo: (/** @type {Routing} */ state, /** @type {string} */ nodeId) =>
      state.routes.get(nodeId),
    reachedThrough: (/** @type {Routing} */ state, /** @type {string} */ hop) =>
      [...state.routes].filter(([, { via }]) => via === hop).map(([nodeId]) => nodeId),
  },

  // Figures of its own: read as `handle.metrics()`, and sampled in every run of a scenario.
  metrics: {
    routes: {
      kind: 'gauge',
      unit: 'count',
      says: 'Peers that it has a route to.',
      read: (/** @type {Routing} */ { routes }) => routes.size,
    },
    hops: {
      kind: 'histogram',
      unit: 'hops',
      says: 'How far away they are.',
      bounds: [0, 1, 2, 4, 8],
      read: (/** @type {Routing} */ { routes }) => Array.from(routes.values(), ({ hops }) => hops),
    },
  },

  // Equal for equal views of equal peers, whatever the history: so rows are sorted.
  digest(/** @type {Routing} */ { routes }) {
    const rows = [...routes].map(([nodeId, { via, hops }]) => JSON.stringify([nodeId, via, hops]));
    return createHash('sha256').update(rows.sort().join('\n')).digest('hex');
  },
});

/** Takes in one peer's route, or forgets it when the peer is too far away. */
function learn(/** @type {Routing} */ { routes, maxHops }, nodeId, entry) {
  const { hopCount: hops, nextHop: via = nodeId } = entry;
  if (hops <= maxHops) routes.set(nodeId, { via, hops });
  else routes.delete(nodeId);
}
