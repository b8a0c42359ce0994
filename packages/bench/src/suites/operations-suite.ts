import { systemClock } from '@panoptes/core';
import type { BenchPlan } from '../bench-plan.js';
import type { Contest, Entrant } from '../contest.js';
import { mainThreadCpu } from '../measure/main-thread-cpu.js';
import { commandOperations } from '../operations/command-operations.js';
import type { Operation, Timed } from '../operations/operation.js';
import { readOperations } from '../operations/read-operations.js';
import { Population } from '../workload/population.js';
import type { Suite } from './suite.js';

/**
 * What each operation of a registry costs its thread, in registries of any size: processor time of
 * that thread, and time by the clock, which other programs make longer.
 */
export const operationsSuite: Suite = {
  name: 'operations',
  contests: (plan) => plan.scalePeers.map((peers) => () => openContest(peers, plan)),
};

async function openContest(peers: number, { seed }: BenchPlan): Promise<Contest> {
  const population = await Population.open(peers, seed);
  const operations = [...commandOperations, ...readOperations];
  return {
    entrants: operations.map((operation) => entrantOf(operation, population)),
    close: () => population.close(),
  };
}

const cpu = mainThreadCpu();

function entrantOf(operation: Operation, population: Population): Entrant {
  return {
    system: 'panoptes',
    observers: 0,
    peers: population.size,
    metrics: [
      { name: operation.name, unit: 'µs', better: 'less' },
      { name: `${operation.name}, by the clock`, unit: 'µs', better: 'less' },
    ],
    count: 'calibrated',
    ...(operation.note !== undefined && { note: operation.note }),
    async run(count) {
      const start = systemClock.monotonic();
      let [used, elapsedMs] = [0, 0];
      const timed: Timed = async (work) => {
        const [before, began] = [cpu.micros(), systemClock.monotonic()];
        await work();
        elapsedMs += systemClock.monotonic() - began;
        used += cpu.micros() - before;
      };
      const done = await operation.run(population, count, timed);
      const values = [used / done, (1000 * elapsedMs) / done];
      // With what is not measured: calibration is to bound how long a run takes.
      return { elapsedMs: systemClock.monotonic() - start, values };
    },
  };
}
