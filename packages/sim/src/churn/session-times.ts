import { randomGamma, randomWeibull } from 'd3-random';
import type { WeibullShape } from './presets.js';
import { pick, type Uniform } from './random-source.js';

/** Draws durations in milliseconds. */
export type DrawMs = () => number;

const coefficients = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Euler's gamma function for x ≥ 1, by Lanczos' approximation (g = 7), good to 13 digits or so. */
export function gamma(x: number): number {
  const z = x - 1;
  const t = z + 7.5;
  const sum = coefficients.reduce(
    (total, coefficient, at) => total + coefficient / (z + at + 1),
    0.99999999999980993,
  );
  return Math.sqrt(2 * Math.PI) * t ** (z + 0.5) * Math.exp(-t) * sum;
}

/** The mean of a Weibull distribution, in milliseconds. */
export const weibullMeanMs = ({ shape, scaleMs }: WeibullShape): number =>
  scaleMs * gamma(1 + 1 / shape);

/** The Weibull distribution of a given shape and mean. */
export const weibullOfMean = (shape: number, meanMs: number): WeibullShape => ({
  shape,
  scaleMs: meanMs / gamma(1 + 1 / shape),
});

/** How long sessions last, of one kind of distribution or another. */
export interface SessionTimes {
  readonly meanMs: number;
  /** Draws whole sessions. */
  sampler(uniform: Uniform): DrawMs;
  /** Draws what is left of sessions that are under way at a random moment. */
  residual(uniform: Uniform): DrawMs;
}

/** Sessions of a Weibull distribution. */
export const weibullTimes = (shape: WeibullShape): SessionTimes => ({
  meanMs: weibullMeanMs(shape),
  sampler: (uniform) => drawWeibull(uniform, shape),
  residual: (uniform) => drawResidual(uniform, shape),
});

/**
 * Sessions drawn from those of a recorded trace, each as likely as the others; the one around a
 * random moment is the more likely the longer it is.
 *
 * @param lengthsMs - at least one, each above 0
 */
export function empiricalTimes(lengthsMs: readonly number[]): SessionTimes {
  const sums: number[] = [];
  let total = 0;
  for (const length of lengthsMs) sums.push((total += length));
  return {
    meanMs: total / lengthsMs.length,
    sampler: (uniform) => () => lengthsMs[pick(uniform, lengthsMs.length)]!,
    residual: (uniform) => () => uniform() * lengthsMs[firstAbove(sums, uniform() * total)]!,
  };
}

/** The first place whose sum is above `value`; the last one when rounding left none. */
function firstAbove(sums: readonly number[], value: number): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Draws whole durations. */
export const drawWeibull = (uniform: Uniform, { shape, scaleMs }: WeibullShape): DrawMs =>
  randomWeibull.source(uniform)(shape, 0, scaleMs);

/**
 * Draws what is left of a duration that is under way at a random moment, as of the sessions that a
 * steady network is found in. A moment falls into long sessions more often than into short ones:
 * the session around it has density t·f(t)/mean, which for Weibull makes (t/scale)^shape follow a
 * gamma distribution of shape 1 + 1/shape; the moment lies anywhere within it.
 */
export function drawResidual(uniform: Uniform, { shape, scaleMs }: WeibullShape): DrawMs {
  const power = randomGamma.source(uniform)(1 + 1 / shape, 1);
  return () => uniform() * scaleMs * power() ** (1 / shape);
}
