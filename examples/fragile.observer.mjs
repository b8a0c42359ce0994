// Knows every peer's tier, and misbehaves when it is asked to.
import { performance } from 'node:perf_hooks';
import { defineObserver } from '@panoptes/workers/observer';

export default defineObserver({
  name: 'fragile',
  setup: () => new Map(),
  onSnapshot(peers, tierOf) {
    tierOf.clear();
    for (const { peerId, tier } of peers) tierOf.set(peerId.nodeId, tier);
  },
  onEvents(batch, tierOf) {
    for (const { kind, nodeId, entry } of batch.changes()) {
      if (kind === 'PeerRemoved') tierOf.delete(nodeId);
      else tierOf.set(nodeId, entry.tier);
    }
  },
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
  digest: (tierOf) => JSON.stringify([...tierOf].sort()),
});
