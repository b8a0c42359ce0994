import type { PhaseSpec } from '../schema/phases.js';
import type { Scenario } from '../schema/scenario.js';

/** When a phase is. */
export interface PhaseSpan<Phase = { readonly name: string; readonly kind: string }> {
  readonly phase: Phase;
  /** Virtual milliseconds. */
  readonly startsAt: number;
  /** Infinite when it is not known before its end. */
  readonly endsAt: number;
}

/** The phases of a scenario; a recorded trace is one phase. */
export const scenarioSpans = (scenario: Scenario): PhaseSpan[] =>
  'source' in scenario
    ? [
        {
          phase: { name: 'trace', kind: 'trace' },
          startsAt: 0,
          endsAt: scenario.source.until ?? Number.POSITIVE_INFINITY,
        },
      ]
    : phaseSpans(scenario.phases);

/** The phases one after another, from virtual time 0. */
export function phaseSpans(phases: readonly PhaseSpec[]): PhaseSpan<PhaseSpec>[] {
  let endsAt = 0;
  return phases.map((phase) => {
    const startsAt = endsAt;
    endsAt += phase.duration;
    return { phase, startsAt, endsAt };
  });
}
