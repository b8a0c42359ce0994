// Counts the peers that have ever joined, through its own restarts and those of the registry.
import { defineObserver } from '@panoptes/workers/observer';

export default defineObserver({
  name: 'ledger',

  // What it has stored is there, as of the transaction `ctx.store.cursor`; the first time there is nothing.
  setup: ({ store }) => ({ store, joined: Number(store.get('joined') ?? 0) }),

  // Comes when there is nothing to go on from. It has joined whoever is there; what was stored is of no use.
  onSnapshot(peers, state) {
    state.joined = peers.size;
    state.store.clear();
    state.store.set('joined', String(state.joined));
  },

  // What is set here is on disk together with how far this has come, or neither is.
  onEvents(batch, state) {
    for (const { kind } of batch.changes()) if (kind === 'PeerAdded') state.joined++;
    state.store.set('joined', String(state.joined));
  },

  queries: {
    joined: ({ joined }) => joined,
    die: () => process.exit(3),
  },
});
