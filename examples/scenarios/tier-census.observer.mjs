// A light observer: how many peers there are of each tier. It keeps a number for each, and no peer.
import { defineObserver } from '@panoptes/workers/observer';

/** @typedef {Map<string, number>} Census */

export default defineObserver({
  name: 'tier-census',

  setup: () => new Map(),

  onSnapshot(peers, /** @type {Census} */ census) {
    census.clear();
    for (const entry of peers) count(census, entry.tier, 1);
  },

  onEvents(batch, /** @type {Census} */ census) {
    for (const change of batch.changes()) {
      if (change.kind === 'PeerUpdated') count(census, change.old.tier, -1);
      count(census, change.entry.tier, change.kind === 'PeerRemoved' ? -1 : 1);
    }
  },

  queries: { census: (/** @type {Census} */ census) => Object.fromEntries(census) },

  digest: (/** @type {Census} */ census) =>
    [...census]
      .filter(([, peers]) => peers > 0)
      .sort()
      .map(([tier, peers]) => `${tier} ${peers}`)
      .join(', '),
});

function count(/** @type {Census} */ census, tier, by) {
  census.set(tier, (census.get(tier) ?? 0) + by);
}
