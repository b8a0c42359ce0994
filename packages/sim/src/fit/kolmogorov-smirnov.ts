/**
 * The Kolmogorov–Smirnov distance: how far the share of a sample that is at most x and the
 * distribution's lie apart, at the x where they do most. 0 is perfect, 1 nothing in common.
 *
 * @param sorted - the sample, smallest first, at least one
 * @param cdf - the distribution
 */
export function ksDistance(sorted: readonly number[], cdf: (x: number) => number): number {
  const count = sorted.length;
  let distance = 0;
  for (const [index, x] of sorted.entries()) {
    const expected = cdf(x);
    // The sample's share jumps at x: it is compared on both sides, equal values as one jump.
    if (x !== sorted[index - 1]) distance = Math.max(distance, expected - index / count);
    if (x !== sorted[index + 1]) distance = Math.max(distance, (index + 1) / count - expected);
  }
  return distance;
}
