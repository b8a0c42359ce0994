/** Many numbers, counted by how large they are. */
export interface HistogramValue {
  /** How many there are. */
  readonly count: number;
  readonly sum: number;
  /** Null when there are none. */
  readonly mean: number | null;
  /**
   * The least of the bounds that half of them are not above; null when there are none, or it is above
   * all bounds.
   */
  readonly p50: number | null;
  /** The same of 99 %. */
  readonly p99: number | null;
  /** How many are in each bucket: not above its bound and above the one before; last, above all. */
  readonly counts: readonly number[];
}

/**
 * What counts say.
 *
 * @param bounds - upper bounds of the buckets, ascending
 * @param counts - one more than there are bounds; kept as it is
 */
export function histogramValue(
  bounds: readonly number[],
  counts: readonly number[],
  sum: number,
): HistogramValue {
  const count = counts.reduce((total, one) => total + one, 0);
  // What is above all bounds has none.
  const quantile = (share: number): number | null => {
    if (count === 0) return null;
    let left = share * count;
    return bounds[counts.findIndex((one) => (left -= one) <= 0)] ?? null;
  };
  return {
    count,
    sum,
    mean: count === 0 ? null : sum / count,
    p50: quantile(0.5),
    p99: quantile(0.99),
    counts,
  };
}
