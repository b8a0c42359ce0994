import type { HistogramValue } from '@panoptes/core';

/** Quantiles of what a histogram has counted since it was looked at last, for one that only grows. */
export class RecentQuantiles {
  readonly #bounds: readonly number[];
  #before: readonly number[];

  /** @param bounds - upper bounds of its buckets, ascending */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#before = bounds.map(() => 0).concat(0);
  }

  /**
   * Looks at it.
   *
   * @param shares - which quantiles: 0.5 for the median
   * @returns one for each share; NaN when nothing was counted since
   */
  take({ counts }: Pick<HistogramValue, 'counts'>, shares: readonly number[]): number[] {
    const recent = counts.map((count, at) => count - this.#before[at]!);
    this.#before = counts;
    return shares.map((share) => quantileOf(this.#bounds, recent, share));
  }
}

/** As Prometheus guesses it: what is in a bucket is taken to lie evenly in it, from 0 on in the first. */
function quantileOf(bounds: readonly number[], counts: readonly number[], share: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return NaN;
  let left = share * total;
  for (const [at, bound] of bounds.entries()) {
    const count = counts[at]!;
    const lower = bounds[at - 1] ?? 0;
    if (count > 0 && left <= count) return lower + ((bound - lower) * left) / count;
    left -= count;
  }
  return bounds.at(-1)!;
}
