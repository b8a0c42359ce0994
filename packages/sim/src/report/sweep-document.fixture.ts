import type { SweepDocument } from '../sweep/sweep-table.js';

/** A sweep over two keys, with intervals. */
export const aSweep: SweepDocument = {
  schema: 'panoptes.sweep/2',
  name: 'sizes',
  about: '',
  seed: '1',
  replications: 2,
  keys: ['population.peers', 'topology.model'],
  figures: ['peers.mean'],
  rows: [10, 100, 1_000].flatMap((peers) =>
    ['random', 'none'].map((model) => ({
      values: { 'population.peers': peers, 'topology.model': model },
      figures: { 'peers.mean': { mean: peers, low: 0.9 * peers, high: 1.1 * peers, count: 2 } },
      runs: 2,
      failed: 0,
      failures: [],
      digests: ['a', 'b'],
    })),
  ),
  interrupted: false,
};
