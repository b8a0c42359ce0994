import { errorFunction } from 'simple-statistics';
import { gamma } from '../churn/gamma.js';
import { upperGamma } from './incomplete-gamma.js';

/** A distribution of session lengths; hours throughout. */
export interface SessionModel {
  readonly name: 'weibull' | 'lognormal' | 'exponential' | 'pareto';
  /** Its parameters by name. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Infinite for a Pareto distribution of shape 1 or less. */
  readonly meanHours: number;
  /** The share of sessions that last at most `x`. */
  cdf(x: number): number;
  /** The length that a share `p` of sessions stays below. */
  quantile(p: number): number;
  /** The logarithm of the density at `x` > 0. */
  logDensity(x: number): number;
  /**
   * The mean of what sessions last beyond `x`, those that are shorter counting 0. Over the mean
   * session it is the share of the peers online at a random moment that have been so for longer
   * than `x`: a moment falls into long sessions more often (the inspection paradox).
   */
  meanBeyond(x: number): number;
}

/** @param shape - k; below 1 many sessions are short and a few very long */
export function weibull(shape: number, scaleHours: number): SessionModel {
  const mean = scaleHours * gamma(1 + 1 / shape);
  const hazard = (x: number): number => (x / scaleHours) ** shape;
  return {
    name: 'weibull',
    parameters: { shape, scaleHours },
    meanHours: mean,
    cdf: (x) => -Math.expm1(-hazard(x)),
    quantile: (p) => scaleHours * (-Math.log1p(-p)) ** (1 / shape),
    logDensity: (x) =>
      Math.log(shape / scaleHours) + (shape - 1) * Math.log(x / scaleHours) - hazard(x),
    meanBeyond: (x) => mean * upperGamma(1 / shape, hazard(x)),
  };
}

/** A Weibull distribution of shape 1: memoryless. */
export function exponential(meanHours: number): SessionModel {
  const memoryless = weibull(1, meanHours);
  return { ...memoryless, name: 'exponential', meanHours, parameters: { scaleHours: meanHours } };
}

/** @param mu - mean of the logarithm of hours, as is `sigma` its standard deviation */
export function lognormal(mu: number, sigma: number): SessionModel {
  const z = (x: number): number => (Math.log(x) - mu) / sigma;
  const mean = Math.exp(mu + (sigma * sigma) / 2);
  return {
    name: 'lognormal',
    parameters: { mu, sigma },
    meanHours: mean,
    cdf: (x) => normalCdf(z(x)),
    quantile: (p) => Math.exp(mu + sigma * normalQuantile(p)),
    logDensity: (x) => -Math.log(x * sigma * Math.sqrt(2 * Math.PI)) - z(x) ** 2 / 2,
    meanBeyond: (x) => mean * normalCdf(sigma - z(x)) - x * normalCdf(-z(x)),
  };
}

/** @param shape - α; a mean exists above 1 */
export function pareto(shape: number, minimumHours: number): SessionModel {
  const survival = (x: number): number => Math.min(1, (minimumHours / x) ** shape);
  const mean = shape > 1 ? (shape * minimumHours) / (shape - 1) : Number.POSITIVE_INFINITY;
  return {
    name: 'pareto',
    parameters: { shape, minimumHours },
    meanHours: mean,
    cdf: (x) => 1 - survival(x),
    quantile: (p) => minimumHours * (1 - p) ** (-1 / shape),
    logDensity: (x) => Math.log(shape / minimumHours) - (shape + 1) * Math.log(x / minimumHours),
    meanBeyond: (x) => (x < minimumHours ? mean - x : (x * survival(x)) / (shape - 1)),
  };
}

const normalCdf = (z: number): number => (1 + errorFunction(z / Math.SQRT2)) / 2;

/** By halving an interval until it is as narrow as numbers get: nothing here is called often. */
function normalQuantile(p: number): number {
  let [low, high] = [-10, 10];
  for (let halving = 0; halving < 64; halving++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return low;
}
