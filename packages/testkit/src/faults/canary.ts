import { createHash } from 'node:crypto';
import { defineObserver } from '@panoptes/workers/observer';

/** Follows the log and counts what it is handed, on its own: it relies on no other figures. */
const canary = defineObserver({
  name: 'canary',
  setup: (): CanaryState => ({ peers: new Map(), seen: 0 }),
  onSnapshot(snapshot, state) {
    state.peers.clear();
    for (const { peerId, lastSeen } of snapshot) state.peers.set(peerId.nodeId, lastSeen);
  },
  onEvents(batch, state) {
    state.seen += [...batch].length;
    for (const change of batch.changes()) {
      if (change.kind === 'PeerRemoved') state.peers.delete(change.nodeId);
      else state.peers.set(change.nodeId, change.entry.lastSeen);
    }
  },
  queries: {
    seen: ({ seen }: CanaryState): number => seen,
  },
  digest({ peers }) {
    const rows = [...peers].map(([nodeId, lastSeen]) => `${nodeId} ${lastSeen}`).sort();
    return createHash('sha256').update(rows.join('\n')).digest('hex');
  },
});

interface CanaryState {
  /** When each peer was last seen, as its entry says. */
  readonly peers: Map<string, number>;
  /** Transactions handled one by one; those that a snapshot stood for are not among them. */
  seen: number;
}

/** The observer itself, for the types of its queries. */
export type Canary = typeof canary;
export default canary;
