// Knows every peer's tier, and misbehaves when it is asked to.
import { performance } from 'node:perf_hooks';
import { defineObserver } from '@panoptes/workers/observer';

export default defineObserver({
  name: 'fragile',

  // The state of one incarnation: after a restart there is a new one, on a new thread.
  setup: () => new Map(),

  // All peers at one transaction. It replaces what was known.
  onSnapshot(peers, tierOf) {
    tierOf.clear();
    for (const { peerId, tier } of peers) tierOf.set(peerId.nodeId, tier);
  },

  // Every change after that, in order.
  onEvents(batch, tierOf) {
    for (const { kind, nodeId, entry } of batch.changes()) {
      if (kind === 'PeerRemoved') tierOf.delete(nodeId);
      else tierOf.set(nodeId, entry.tier);
    }
  },

  // Asked from outside, as `handle.query.size()`.
  queries: {
    size: (tierOf) => tierOf.size,
    // Inside a worker this ends the thread at once, in the middle of whatever it does.
    die: () => process.exit(3),
    // Keeps its thread busy, as a handler with a bug does.
    hang: (_, ms) => {
      const end = performance.now() + ms;
      while (performance.now() < end);
    },
  },

  // Equal for equal peers, so that observers can be compared.
  digest: (tierOf) => JSON.stringify([...tierOf].sort()),
});
