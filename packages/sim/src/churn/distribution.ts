import { randomGamma, randomNormal } from 'd3-random';
import { gamma } from './gamma.js';
import { pick, type Uniform } from './random-source.js';

/**
 * A distribution of durations. Of the functions whose last digit the standard leaves open, those here
 * use `exp`, `log` and `sqrt` alone, which V8 computes the same way everywhere; powers are made of them.
 */
export interface Distribution {
  readonly meanMs: number;
  /** Draws whole durations. */
  sampler(uniform: Uniform): DrawMs;
  /**
   * Draws what is left of durations that are under way at a random moment, as of the sessions that a
   * steady network is found in. A moment falls into long ones more often than into short ones: the
   * one around it has density t·f(t)/mean, and the moment lies anywhere within it.
   */
  residual(uniform: Uniform): DrawMs;
}

/** Draws durations in milliseconds. */
export type DrawMs = () => number;

/** Durations of a distribution in units of its scale: whole ones, and those around a moment. */
interface Shape {
  readonly mean: number;
  draw(uniform: Uniform): () => number;
  drawAround(uniform: Uniform): () => number;
}

const power = (base: number, exponent: number): number => Math.exp(exponent * Math.log(base));

/** Above 0 and at most 1, so that its logarithm is finite. */
const positive = (uniform: Uniform): number => 1 - uniform();

const weibullShape = (k: number): Shape => ({
  mean: gamma(1 + 1 / k),
  draw: (uniform) => () => power(-Math.log(positive(uniform)), 1 / k),
  // (t/scale)^k around a moment follows a gamma distribution of shape 1 + 1/k.
  drawAround(uniform) {
    const draw = randomGamma.source(uniform)(1 + 1 / k, 1);
    return () => power(draw(), 1 / k);
  },
});

const lognormalShape = (sigma: number): Shape => ({
  mean: Math.exp((sigma * sigma) / 2),
  draw(uniform) {
    const draw = randomNormal.source(uniform)(0, sigma);
    return () => Math.exp(draw());
  },
  drawAround(uniform) {
    const draw = randomNormal.source(uniform)(sigma * sigma, sigma);
    return () => Math.exp(draw());
  },
});

const paretoShape = (alpha: number): Shape => ({
  mean: alpha / (alpha - 1),
  draw: (uniform) => () => power(positive(uniform), -1 / alpha),
  drawAround: (uniform) => () => power(positive(uniform), -1 / (alpha - 1)),
});

const scaled = (shape: Shape, scaleMs: number): Distribution => ({
  meanMs: shape.mean * scaleMs,
  sampler(uniform) {
    const draw = shape.draw(uniform);
    return () => scaleMs * draw();
  },
  residual(uniform) {
    const draw = shape.drawAround(uniform);
    return () => uniform() * scaleMs * draw();
  },
});

export const weibull = (shape: number, scaleMs: number): Distribution =>
  scaled(weibullShape(shape), scaleMs);

/** Memoryless: Weibull of shape 1. */
export const exponential = (meanMs: number): Distribution => weibull(1, meanMs);

export const lognormal = (sigma: number, medianMs: number): Distribution =>
  scaled(lognormalShape(sigma), medianMs);

export const pareto = (shape: number, minimumMs: number): Distribution =>
  scaled(paretoShape(shape), minimumMs);

/**
 * Durations that were recorded, each as likely as the others; the one around a random moment is the
 * more likely the longer it is.
 *
 * @param lengthsMs - at least one, each above 0
 */
export function empirical(lengthsMs: readonly number[]): Distribution {
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

/** The same shape, stretched to another mean. */
export function ofMean(distribution: Distribution, meanMs: number): Distribution {
  const factor = meanMs / distribution.meanMs;
  const stretch =
    (make: (uniform: Uniform) => DrawMs) =>
    (uniform: Uniform): DrawMs => {
      const draw = make(uniform);
      return () => factor * draw();
    };
  return {
    meanMs,
    sampler: stretch((uniform) => distribution.sampler(uniform)),
    residual: stretch((uniform) => distribution.residual(uniform)),
  };
}
