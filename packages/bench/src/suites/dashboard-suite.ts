import { systemClock, takeAll } from '@panoptes/core';
import type { BenchPlan } from '../bench-plan.js';
import type { OpenEntrant } from '../contest.js';
import { DashboardWatch } from '../systems/dashboard-watch.js';
import { checkTallies } from '../systems/fanout-system.js';
import { TallyingRegistry } from '../systems/panoptes-system.js';
import { PeerStream } from '../workload/peer-stream.js';
import { upsertMany } from '../workload/upsert-windows.js';
import { openContest, type Suite } from './suite.js';

/** What it costs to be watched: the same load with a dashboard that two look at, and without one. */
export const dashboardSuite: Suite = {
  name: 'dashboard',
  contests: (plan) => [
    () => openContest([() => openEntrant('unwatched', plan), () => openEntrant('panoptes', plan)]),
  ],
};

const observers = 10;
const watchers = 2;
/** A run is to see several samples. */
const lasts = 3;

const notes = {
  panoptes: `with a dashboard, whose live samples ${watchers} read on a thread of theirs`,
  unwatched: 'the same registry without a dashboard',
};

async function openEntrant(
  system: keyof typeof notes,
  { peers, seed }: BenchPlan,
): Promise<OpenEntrant> {
  const tallying = await TallyingRegistry.open({ observers, peers, onLag: 'block' });
  const stream = new PeerStream(peers, seed);
  const watch = system === 'panoptes' ? await watchOf(tallying) : undefined;
  return {
    system,
    observers,
    peers,
    metrics: [{ name: 'throughput', unit: 'upserts/s', better: 'more' }],
    count: 'calibrated',
    lasts,
    note: notes[system],
    async run(count) {
      await watch?.begin();
      const start = systemClock.monotonic();
      await upsertMany(tallying.registry, count, () => stream.next());
      await tallying.settled();
      const elapsedMs = systemClock.monotonic() - start;
      await watch?.end();
      checkTallies(`dashboard, ${system}`, await tallying.takeTallies(), stream.takeExpected());
      return { elapsedMs, values: [(count * 1000) / elapsedMs] };
    },
    close: () =>
      takeAll(
        () => watch?.close(),
        () => tallying.close(),
      ),
  };
}

async function watchOf(tallying: TallyingRegistry): Promise<DashboardWatch> {
  try {
    return await DashboardWatch.open(tallying.registry, watchers);
  } catch (error) {
    await tallying.close();
    throw error;
  }
}
