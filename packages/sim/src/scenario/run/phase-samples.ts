import type { PhaseFigures, PhaseObserver, Series, Spread } from '../../report/run-document.js';

/** What was sampled of each observer in a phase: the samples at its end are the next one's. */
export function phaseSamples(
  { at: times, observers }: Series,
  { startsAt, endsAt }: Pick<PhaseFigures, 'startsAt' | 'endsAt'>,
  isLast: boolean,
): Pick<PhaseObserver, 'name' | 'lag' | 'memoryMiB'>[] {
  return observers.map(({ name, lag, memoryMiB = [] }) => {
    const spreadOf = (column: readonly (number | null)[]): Spread => {
      const own = times.slice(times.length - column.length);
      return spread(
        column.filter((value, sample): value is number => {
          const at = own[sample]!;
          return value !== null && at >= startsAt && (at < endsAt || (isLast && at === endsAt));
        }),
      );
    };
    return { name, lag: spreadOf(lag), memoryMiB: spreadOf(memoryMiB) };
  });
}

function spread(values: readonly number[]): Spread {
  if (values.length === 0) return { mean: null, max: null };
  const sum = values.reduce((total, one) => total + one, 0);
  return {
    mean: Number((sum / values.length).toFixed(3)),
    max: values.reduce((most, one) => Math.max(most, one), 0),
  };
}
