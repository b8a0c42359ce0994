import { mean, sampleStandardDeviation } from 'simple-statistics';

/** The mean of independent values, with Student's 95 % interval; null of none. */
export function estimateMean(values: readonly number[]): Estimate | null {
  const count = values.length;
  if (count === 0) return null;
  const average = mean([...values]);
  if (count === 1) return { mean: rounded(average), low: null, high: null, count };
  const reach = (quantile(count - 1) * sampleStandardDeviation([...values])) / Math.sqrt(count);
  return {
    mean: rounded(average),
    low: rounded(average - reach),
    high: rounded(average + reach),
    count,
  };
}

/** A mean and where it lies with 95 % confidence. */
export interface Estimate {
  readonly mean: number;
  /** Ends of the interval; null with fewer than two values, which say nothing about spread. */
  readonly low: number | null;
  readonly high: number | null;
  readonly count: number;
}

/** Two-sided 95 % quantiles of Student's t distribution, for 1 to 30 degrees of freedom. */
const quantiles = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045, 2.042,
] as const;

/** The normal distribution's, with Cornish and Fisher's first correction beyond the table. */
function quantile(degrees: number): number {
  const z = 1.959964;
  return quantiles[degrees - 1] ?? z + (z ** 3 + z) / (4 * degrees);
}

const rounded = (value: number): number => Number(value.toPrecision(10));
