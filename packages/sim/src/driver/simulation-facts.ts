import type { Clock } from '@panoptes/core';
import type { ChurnSource } from '../churn/churn-source.js';
import { wholeNumberText } from '../report/number-text.js';
import { sourceText } from '../report/source-text.js';
import type { PhaseSpan } from '../scenario/churn/phase-spans.js';
import { formatDuration } from '../time/duration.js';
import type { PlayedChurn } from './played-churn.js';

/** What there is to say of a simulation at one moment, each with its label; in the form of a dashboard's `about`. */
export type SimulationFacts = readonly {
  readonly label: string;
  readonly value: string;
  /** How much is done, from 0 to 1. */
  readonly share?: number;
}[];

/** Says what is played, how far it has come, and in which phase it is. */
export function simulationFacts({
  source,
  seed,
  churn,
  virtual,
  phases,
  untilMs = Number.POSITIVE_INFINITY,
}: SimulationFactsDeps): SimulationFacts {
  const at = virtual.monotonic();
  const share = Math.min(1, Math.max(source.fractionRead(), at / untilMs));
  const now = phases?.filter(({ startsAt, endsAt }) => startsAt <= at && at <= endsAt) ?? [];
  return [
    { label: 'simulation', value: sourceText(source.name, seed) },
    { label: 'virtual time', value: formatDuration(at) },
    ...(now.length > 0
      ? [{ label: 'phase', value: now.map(({ phase }) => phase.name).join(', ') }]
      : []),
    // A source that does not know how long it is says 0.
    ...(share > 0 ? [{ label: 'progress', value: `${Math.floor(100 * share)} %`, share }] : []),
    { label: 'events', value: wholeNumberText(churn.sent) },
  ];
}

/** What is asked. */
export interface SimulationFactsDeps {
  readonly source: Pick<ChurnSource, 'name' | 'fractionRead'>;
  readonly seed: string | null;
  readonly churn: Pick<PlayedChurn, 'sent'>;
  /** Virtual time, from 0. */
  readonly virtual: Pick<Clock, 'monotonic'>;
  /** Undefined where there are none. */
  readonly phases?: readonly PhaseSpan[] | undefined;
  /** Virtual milliseconds after which it stops. */
  readonly untilMs?: number | undefined;
}
