import { systemClock } from '@panoptes/core';
import type { BenchPlan } from '../bench-plan.js';
import type { OpenEntrant } from '../contest.js';
import { checkTallies } from '../systems/fanout-system.js';
import { TallyingRegistry } from '../systems/panoptes-system.js';
import { PeerStream } from '../workload/peer-stream.js';
import { upsertMany, upsertOneByOne } from '../workload/upsert-windows.js';
import { openContest, type Suite } from './suite.js';

/** What it costs to ask critical observers before each commit; each of them accepts everything. */
export const votesSuite: Suite = {
  name: 'votes',
  contests: (plan) =>
    plan.voters.map(
      (observers) => () =>
        openContest([
          () => openEntrant('awaited', observers, plan),
          () => openEntrant('outstanding', observers, plan),
        ]),
    ),
};

const ways = { awaited: upsertOneByOne, outstanding: upsertMany };

/** By then the threads of fifty voters have compiled what they run. */
const beforehand = 3_000;

async function openEntrant(
  way: keyof typeof ways,
  observers: number,
  { peers, seed }: BenchPlan,
): Promise<OpenEntrant> {
  const tallying = await TallyingRegistry.open({ observers, peers, role: 'critical' });
  const stream = new PeerStream(peers, seed);
  return {
    system: 'panoptes',
    observers,
    peers,
    metrics: [
      { name: way, unit: 'upserts/s', better: 'more' },
      { name: `${way}, vote p50`, unit: 'µs', better: 'less' },
      { name: `${way}, vote p99`, unit: 'µs', better: 'less' },
    ],
    count: 'calibrated',
    beforehand,
    note: way === 'awaited' ? 'each sent after the one before it is committed' : 'windows of 4,096',
    async run(count) {
      const start = systemClock.monotonic();
      await ways[way](tallying.registry, count, () => stream.next());
      const elapsedMs = systemClock.monotonic() - start;
      await tallying.settled();
      checkTallies(`votes, ${way}`, await tallying.takeTallies(), stream.takeExpected());
      // From the proposal until the registry has the vote, of the slowest voter, since the start.
      const votes = tallying.observers.map((observer) => observer.stats().votes!);
      const micros = (of: 'latencyP50Ms' | 'latencyP99Ms'): number =>
        1000 * Math.max(...votes.map((stats) => stats[of]));
      return {
        elapsedMs,
        values: [(count * 1000) / elapsedMs, micros('latencyP50Ms'), micros('latencyP99Ms')],
      };
    },
    close: () => tallying.close(),
  };
}
