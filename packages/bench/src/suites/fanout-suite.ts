import { systemClock } from '@panoptes/core';
import type { BenchPlan } from '../bench-plan.js';
import type { Contest, Entrant, Metric } from '../contest.js';
import { openComlink } from '../systems/comlink-system.js';
import { checkTallies, type FanoutSystem } from '../systems/fanout-system.js';
import { openAwaitedClone, openEventEmitter } from '../systems/in-process-systems.js';
import { openBatches, openBroadcast, openPostMessage } from '../systems/message-systems.js';
import { openPanoptes } from '../systems/panoptes-system.js';
import { openPiscina } from '../systems/piscina-system.js';
import { WorkerTeam } from '../systems/worker-team.js';
import { PeerStream } from '../workload/peer-stream.js';
import { closeAll, openAll, type Suite } from './suite.js';

/**
 * How many changes a second reach every observer, in each system: the same changes to the same
 * peers, and observers that read the same two fields of each and are checked for every one.
 */
export const fanoutSuite: Suite = {
  name: 'fanout',
  contests: (plan) => plan.observers.map((observers) => () => openContest(observers, plan)),
};

const throughput: Metric = { name: 'throughput', unit: 'upserts/s', better: 'more' };

async function openContest(observers: number, plan: BenchPlan): Promise<Contest> {
  const stream = (): PeerStream => new PeerStream(plan.peers, plan.seed);
  const team = await WorkerTeam.open(observers);
  const systems = await openAll<FanoutSystem>([
    () => openPanoptes(observers, stream()),
    () => openPostMessage(team, stream()),
    () => openBatches(team, stream()),
    () => openBroadcast(team, stream()),
    () => openComlink(team, stream()),
    () => openPiscina(observers, stream()),
    () => openEventEmitter(observers, stream()),
    () => openAwaitedClone(observers, stream()),
  ]).catch(async (error: unknown) => {
    await team.close();
    throw error;
  });
  return {
    entrants: systems.map((system) => entrantOf(system, observers, plan.peers)),
    close: () => closeAll([team, ...systems]),
  };
}

function entrantOf(system: FanoutSystem, observers: number, peers: number): Entrant {
  return {
    system: system.name,
    observers,
    peers,
    metrics: [throughput],
    count: 'calibrated',
    ...(system.note !== undefined && { note: system.note }),
    async run(count) {
      const start = systemClock.monotonic();
      await system.run(count);
      const elapsedMs = systemClock.monotonic() - start;
      checkTallies(system.name, await system.takeTallies(), system.takeExpected());
      return { elapsedMs, values: [(count * 1000) / elapsedMs] };
    },
  };
}
