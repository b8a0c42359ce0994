import { systemClock } from '@panoptes/core';
import type { BenchPlan } from '../bench-plan.js';
import type { Contest, Entrant } from '../contest.js';
import { TallyingRegistry } from '../systems/panoptes-system.js';
import { PeerStream } from '../workload/peer-stream.js';
import { upsertMany } from '../workload/upsert-windows.js';
import type { Suite } from './suite.js';

/** What a registry costs while nothing changes, with observers that have nothing to do. */
export const idleSuite: Suite = {
  name: 'idle',
  contests: (plan) => [() => openContest(plan)],
};

const observers = 10;

async function openContest({ peers, seed, idleMs }: BenchPlan): Promise<Contest> {
  const tallying = await TallyingRegistry.open({ observers, peers, onLag: 'lap' });
  const stream = new PeerStream(peers, seed);
  await upsertMany(tallying.registry, peers, () => stream.next());
  await tallying.settled();
  const entrant: Entrant = {
    system: 'panoptes',
    observers,
    peers,
    metrics: [{ name: 'share of a core', unit: '%', better: 'less' }],
    count: 1,
    note: 'processor time of the whole process, all threads',
    async run() {
      const start = systemClock.monotonic();
      const before = process.cpuUsage();
      await new Promise<void>((resolve) => systemClock.after(idleMs, resolve));
      const { user, system } = process.cpuUsage(before);
      const elapsedMs = systemClock.monotonic() - start;
      return { elapsedMs, values: [(user + system) / (10 * elapsedMs)] };
    },
  };
  return { entrants: [entrant], close: () => tallying.close() };
}
