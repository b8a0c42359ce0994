import type { PhaseFigures, PhaseLag, Series } from '../../report/run-document.js';

/** How far each observer was behind in a phase, by its samples: those at its end are the next one's. */
export function phaseLag(
  { at: times, observers }: Series,
  { startsAt, endsAt }: Pick<PhaseFigures, 'startsAt' | 'endsAt'>,
  isLast: boolean,
): PhaseLag[] {
  return observers.map(({ name, lag }) => {
    const own = times.slice(times.length - lag.length);
    const within = lag.filter((_, sample) => {
      const at = own[sample]!;
      return at >= startsAt && (at < endsAt || (isLast && at === endsAt));
    });
    if (within.length === 0) return { name, lag: { mean: null, max: null } };
    const sum = within.reduce((total, one) => total + one, 0);
    return {
      name,
      lag: {
        mean: Number((sum / within.length).toFixed(3)),
        max: within.reduce((most, one) => Math.max(most, one), 0),
      },
    };
  });
}
