import type { MetricFigure } from '@panoptes/core';
import { type HistogramPart, histogramParts } from '../../report/metric-parts.js';
import type {
  PhaseCourse,
  PhaseMetric,
  PhaseObserver,
  Series,
  Spread,
} from '../../report/run-document.js';
import { isWithin, type TimeSpan } from '../../time/time-span.js';

/**
 * What was sampled of each observer in a phase.
 *
 * @param end - when the last of all phases ends
 */
export function phaseSamples(
  { at: times, observers }: Series,
  phase: TimeSpan,
  end: number,
): PhaseSamples[] {
  return observers.map(({ name, lag, memoryMiB = [], metrics = [] }) => {
    const within = (column: readonly (number | null)[]): number[] => {
      const own = times.slice(times.length - column.length);
      return column.filter((value, sample): value is number => {
        return value !== null && isWithin(phase, end, own[sample]!);
      });
    };
    return {
      name,
      lag: spread(within(lag)),
      memoryMiB: spread(within(memoryMiB)),
      // What is so at its start is what the time before it has led to, and at its end what it has.
      metrics: metrics.map(({ values }) => {
        const own = times.slice(times.length - values.length);
        return courseOf(
          values.filter((value, sample): value is number => {
            const at = own[sample]! - sameMs;
            return value !== null && at > phase.startsAt && at <= phase.endsAt;
          }),
        );
      }),
    };
  });
}

/** Sums of virtual times may be wrong by so many milliseconds. */
const sameMs = 0.001;

/** What the samples of a phase tell of an observer, the parts of its own figures in their order. */
interface PhaseSamples extends Required<Pick<PhaseObserver, 'name' | 'lag' | 'memoryMiB'>> {
  readonly metrics: readonly PhaseCourse[];
}

/** Gives the parts of an observer's own figures their names. */
export function phaseMetrics(
  figures: readonly MetricFigure[],
  parts: readonly PhaseCourse[],
): PhaseMetric[] {
  let next = 0;
  const take = (): PhaseCourse => parts[next++] ?? courseOf([]);
  return figures.map(({ id, kind }) => {
    if (kind !== 'histogram') return { id, value: take() };
    const own = histogramParts.map((part) => [part, take()] as const);
    return { id, value: Object.fromEntries(own) as Record<HistogramPart, PhaseCourse> };
  });
}

function courseOf(values: readonly number[]): PhaseCourse {
  if (values.length === 0) return { mean: null, min: null, max: null, last: null };
  // Each is divided first: a sum of large ones is none any more.
  const mean = values.reduce((sum, one) => sum + one / values.length, 0);
  return {
    mean: Number(mean.toPrecision(12)),
    min: values.reduce((least, one) => Math.min(least, one)),
    max: values.reduce((most, one) => Math.max(most, one)),
    last: values.at(-1)!,
  };
}

function spread(values: readonly number[]): Spread {
  if (values.length === 0) return { mean: null, max: null };
  const sum = values.reduce((total, one) => total + one, 0);
  return {
    mean: Number((sum / values.length).toFixed(3)),
    max: values.reduce((most, one) => Math.max(most, one), 0),
  };
}
