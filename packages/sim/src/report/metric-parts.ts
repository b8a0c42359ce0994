import type { HistogramValue, MetricFigure } from '@panoptes/core';

/**
 * The numbers that a figure of an observer's own is followed by, over time and by phase: itself, or, of
 * a histogram, four of it.
 */
export const histogramParts = Object.freeze(['count', 'mean', 'p50', 'p99'] as const);

/** One of the four. */
export type HistogramPart = (typeof histogramParts)[number];

/** Their names, as in `contacts`, or `bucketOccupancy.p50`. */
export const partsOf = ({ id, kind }: Pick<MetricFigure, 'id' | 'kind'>): string[] =>
  kind === 'histogram' ? histogramParts.map((part) => `${id}.${part}`) : [id];

/** Their values, in that order; null where there is none. */
export function partValues(
  { kind }: Pick<MetricFigure, 'kind'>,
  value: number | HistogramValue | null,
): (number | null)[] {
  if (kind !== 'histogram') return [typeof value === 'number' ? value : null];
  const histogram = typeof value === 'object' ? value : null;
  return histogramParts.map((part) => histogram?.[part] ?? null);
}
