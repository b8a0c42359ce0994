import type { HistogramValue } from '@panoptes/core';
import type { Series } from './metric-family.js';

/**
 * The series of a histogram of Prometheus: each bucket has those of the smaller ones in it, and the last
 * has all.
 *
 * @param name - of its family
 * @param bounds - upper bounds of the buckets, ascending
 */
export function histogramSeries(
  name: string,
  bounds: readonly number[],
  { counts, count, sum }: Pick<HistogramValue, 'counts' | 'count' | 'sum'>,
  labels: Series['labels'],
): Series[] {
  let below = 0;
  const bucket = (le: number | string, value: number): Series => ({
    metricName: `${name}_bucket`,
    labels: { ...labels, le },
    value,
  });
  return [
    ...bounds.map((bound, at) => bucket(bound, (below += counts[at]!))),
    bucket('+Inf', count),
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
