import type { TimeSpan } from '../../time/time-span.js';
import type { PhaseSpec } from '../schema/phases.js';
import type { Scenario } from '../schema/scenario.js';

/** When a phase is; others may be at the same time. */
export interface PhaseSpan<
  Phase = { readonly name: string; readonly kind: string },
> extends TimeSpan {
  readonly phase: Phase;
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

/** The phases, each from when it says, or else from the end of the one before it in the list. */
export function phaseSpans(phases: readonly PhaseSpec[]): PhaseSpan<PhaseSpec>[] {
  let endsAt = 0;
  return phases.map((phase) => {
    const startsAt = phase.starts ?? endsAt;
    endsAt = startsAt + phase.duration;
    return { phase, startsAt, endsAt };
  });
}
