import { ConfigError, describe, suggestion } from '@panoptes/core';
import { pick, substream } from '../../churn/random-source.js';
import { faults } from '../fault-table.js';
import { type FaultRequest, chaos } from './fault-request.js';

/** A fault that is going to strike an observer. */
export interface ScheduledFault {
  readonly fault: string;
  readonly observer: string;
  /** Virtual milliseconds. */
  readonly atMs: number;
}

/** What a schedule is made for. */
export interface ScheduleFor {
  /** Names of the observers there are. */
  readonly observers: readonly string[];
  /** What chance follows from. */
  readonly seed: string;
  /** Virtual milliseconds that will be played; undefined when nobody knows. */
  readonly spanMs: number | undefined;
}

/** Faults that chaos strikes each observer with, on average, unless it is told how often. */
const chaosPerObserver = 3;

/** Those that a thread contains, on whatever runtime, and that leave the observer in order. */
const chaosFaults = Object.keys(faults).filter((name) => {
  const { uncontained, needsProcess, place, lasts } = faults[name]!;
  return !uncontained && !needsProcess && !lasts && place !== 'teardown';
});

/**
 * Says which fault strikes whom when, in order of time.
 *
 * @throws {ConfigError} when a request names an observer that there is not
 */
export function scheduleFaults(
  requests: readonly FaultRequest[],
  what: ScheduleFor,
): ScheduledFault[] {
  return requests
    .flatMap((request) => {
      if (request.fault === chaos) return chaoticFaults(request, what);
      const { fault, timeMs = 0 } = request;
      return [{ fault, observer: observerOf(request, what.observers), atMs: timeMs }];
    })
    .sort((a, b) => a.atMs - b.atMs);
}

function observerOf({ observer }: FaultRequest, names: readonly string[]): string {
  if (observer === undefined) return names[0]!;
  if (names.includes(observer)) return observer;
  throw new ConfigError(
    `--fault: there is no observer ${describe(observer)} (there are: ${names.join(', ')})` +
      suggestion(observer, names),
  );
}

/** Random faults on random observers, the times between them exponentially distributed. */
function chaoticFaults(
  { timeMs }: FaultRequest,
  { observers, seed, spanMs }: ScheduleFor,
): ScheduledFault[] {
  if (spanMs === undefined) {
    throw new ConfigError(
      '--fault: chaos has to know how long the run is; give it an end, as --until',
    );
  }
  const meanMs = timeMs ?? spanMs / (chaosPerObserver * observers.length);
  const uniform = substream(seed, chaos);
  const scheduled: ScheduledFault[] = [];
  for (let atMs = 0; ;) {
    atMs -= meanMs * Math.log(1 - uniform());
    if (atMs >= spanMs) return scheduled;
    scheduled.push({
      fault: chaosFaults[pick(uniform, chaosFaults.length)]!,
      observer: observers[pick(uniform, observers.length)]!,
      atMs,
    });
  }
}
