import type { PhaseSpec } from '../schema/phases.js';

/** When a phase is. */
export interface PhaseSpan {
  readonly phase: PhaseSpec;
  /** Virtual milliseconds. */
  readonly startsAt: number;
  readonly endsAt: number;
}

/** The phases one after another, from virtual time 0. */
export function phaseSpans(phases: readonly PhaseSpec[]): PhaseSpan[] {
  let endsAt = 0;
  return phases.map((phase) => {
    const startsAt = endsAt;
    endsAt += phase.duration;
    return { phase, startsAt, endsAt };
  });
}
