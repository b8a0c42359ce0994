import type { PhaseSpan } from '../churn/phase-spans.js';
import type { FaultSpec } from '../schema/observers.js';

/** A fault, and when it strikes whom. */
export interface PlannedFault {
  readonly fault: string;
  readonly observer: string;
  /** Virtual milliseconds. */
  readonly atMs: number;
}

/** Faults by the run's own time, in its order. */
export function planFaults(
  faults: readonly FaultSpec[],
  spans: readonly PhaseSpan[],
): PlannedFault[] {
  return faults
    .map(({ fault, observer, phase, at = 0 }) => {
      const span = spans.find((one) => one.phase.name === phase);
      return { fault, observer, atMs: (span?.startsAt ?? 0) + at };
    })
    .sort((a, b) => a.atMs - b.atMs);
}
