import { systemClock } from '@panoptes/core';
import type { BenchPlan } from '../bench-plan.js';
import type { Contest, Entrant } from '../contest.js';
import { settledMemory } from '../measure/settled-memory.js';
import { checkTallies } from '../systems/fanout-system.js';
import { TallyingRegistry } from '../systems/panoptes-system.js';
import { PeerStream } from '../workload/peer-stream.js';
import { upsertMany } from '../workload/upsert-windows.js';
import type { Suite } from './suite.js';

/** Whether a registry whose peers stay the same keeps its size: after a tenth of all upserts, and after all. */
export const memorySuite: Suite = {
  name: 'memory',
  contests: (plan) => [() => openContest(plan)],
};

const megabyte = 1024 * 1024;

async function openContest({ peers, seed, memoryUpserts }: BenchPlan): Promise<Contest> {
  const tallying = await TallyingRegistry.open({ observers: 1, peers, onLag: 'block' });
  const stream = new PeerStream(peers, seed);
  const entrant: Entrant = {
    system: 'panoptes',
    observers: 1,
    peers,
    metrics: [
      { name: 'resident growth', unit: '×', better: 'less' },
      { name: 'heap growth', unit: '×', better: 'less' },
      { name: 'resident', unit: 'MiB', better: 'less' },
    ],
    count: memoryUpserts,
    once: true,
    note: 'a single run; garbage collected before each look',
    async run(count) {
      const start = systemClock.monotonic();
      const tenth = Math.round(count / 10);
      const next = () => stream.next();
      await upsertMany(tallying.registry, tenth, next);
      await tallying.settled();
      const early = await settledMemory();
      await upsertMany(tallying.registry, count - tenth, next);
      await tallying.settled();
      const late = await settledMemory();
      checkTallies('memory', await tallying.takeTallies(), stream.takeExpected());
      return {
        elapsedMs: systemClock.monotonic() - start,
        values: [late.resident / early.resident, late.heap / early.heap, late.resident / megabyte],
      };
    },
  };
  return { entrants: [entrant], close: () => tallying.close() };
}
