import { systemClock } from '@panoptes/core';
import type { BenchPlan } from '../bench-plan.js';
import type { Contest, Entrant } from '../contest.js';
import { mainThreadCpu } from '../measure/main-thread-cpu.js';
import { CallerTeam } from '../systems/caller-team.js';
import { type CallerWay, callerWays } from '../workers/caller-messages.js';
import type { Suite } from './suite.js';

/**
 * What threads beside the registry's get done that call it, all of them together, and what an upsert of
 * theirs costs the registry's thread: through a connection, and through what one would write otherwise. In
 * each way every upsert has its result told.
 */
export const callersSuite: Suite = {
  name: 'callers',
  contests: (plan) => plan.callers.map((callers) => () => openContest(callers, plan)),
};

async function openContest(callers: number, { peers, seed }: BenchPlan): Promise<Contest> {
  const team = await CallerTeam.open({ callers, peers, seed });
  const awaited: readonly CallerWay[] = callers === 1 ? ['panoptes', 'postMessage', 'comlink'] : [];
  return {
    entrants: [
      ...callerWays.map((way) => entrantOf(team, way, false, callers, peers)),
      ...awaited.map((way) => entrantOf(team, way, true, callers, peers)),
    ],
    close: () => team.close(),
  };
}

const cpu = mainThreadCpu();

const notes: Readonly<Record<CallerWay, string>> = {
  panoptes: 'upsertMany of a connection',
  postMessage: 'a message for each upsert and each result, 4,096 outstanding',
  'postMessage-batch-100': 'a message for 100 upserts, one for their results, 4 outstanding',
  comlink: 'a call for each upsert, 100 outstanding',
};

function entrantOf(
  team: CallerTeam,
  way: CallerWay,
  isAwaited: boolean,
  callers: number,
  peers: number,
): Entrant {
  const who = `${callers} ${callers === 1 ? 'caller' : 'callers'}${isAwaited ? ', awaited' : ''}`;
  return {
    system: way,
    observers: 0,
    peers: peers * callers,
    metrics: [
      { name: who, unit: 'upserts/s', better: 'more' },
      { name: `${who}: registry's thread`, unit: 'µs', better: 'less' },
    ],
    count: 'calibrated',
    note: isAwaited ? 'each sent after the one before it is committed' : notes[way],
    async run(count) {
      const [before, start] = [cpu.micros(), systemClock.monotonic()];
      await team.run({ way, count, isAwaited });
      const elapsedMs = systemClock.monotonic() - start;
      return { elapsedMs, values: [(count * 1000) / elapsedMs, (cpu.micros() - before) / count] };
    },
  };
}
