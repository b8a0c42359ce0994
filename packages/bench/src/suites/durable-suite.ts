import type { BenchPlan } from '../bench-plan.js';
import type { Contest } from '../contest.js';
import { openWithStore, openWithoutStore } from '../durable/async-entrants.js';
import { openCommits } from '../durable/commit-entrants.js';
import { DiskFlushes } from '../durable/disk-flushes.js';
import { openGrowth } from '../durable/growth-entrant.js';
import { openOpening } from '../durable/opening-entrant.js';
import { openContest, type Suite } from './suite.js';

/**
 * What it costs to keep peers on disk: memory over time, throughput with a store that is waited for and
 * one that is not, and opening a store. That nothing is lost is looked for in every run.
 */
export const durableSuite: Suite = {
  name: 'durable',
  contests: (plan) => [
    () => openContest([() => openGrowth(plan.storeDir, plan.peers, plan.storeUpserts, plan.seed)]),
    () => openAsync(plan),
    () => openCommit(plan),
    ...plan.storePeers.map(
      (peers) => () => openContest([() => openOpening(plan.storeDir, peers, plan.seed)]),
    ),
  ],
};

/** Observers before which a registry is measured with a store and without. */
const observers = 10;

function openAsync({ storeDir, peers, seed }: BenchPlan): Promise<Contest> {
  const load = { observers, peers, seed };
  return openContest([() => openWithoutStore(load), () => openWithStore(storeDir, load)]);
}

/** A working set that one flush rewrites as a whole, and a larger one. */
function openCommit({ goal, storeDir, peers, recoveryPeers, seed }: BenchPlan): Promise<Contest> {
  // A flush for each takes its time: to see that it works a few will do.
  const each = goal === undefined ? 40 : 'calibrated';
  const place = { dir: storeDir, seed };
  return openContest([
    () => openCommits('outstanding', { ...place, peers, count: 'calibrated' }),
    () => openCommits('outstanding', { ...place, peers: recoveryPeers, count: 'calibrated' }),
    () => openCommits('awaited', { ...place, peers, count: each }),
    () => {
      const flushes = new DiskFlushes(storeDir, peers, each);
      return Promise.resolve({ ...flushes.entrant, close: () => flushes.close() });
    },
  ]);
}
