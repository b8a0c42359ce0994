import { describe, expect, it } from 'vitest';
import { presetNamed } from '../churn/presets.js';
import { ksDistance } from './kolmogorov-smirnov.js';
import { exponential, lognormal, pareto, type SessionModel, weibull } from './session-models.js';

const models = [
  weibull(0.34, 0.355),
  weibull(0.644, 10.86),
  weibull(3, 2),
  lognormal(1.597, 1.566),
  lognormal(-1, 0.3),
  exponential(16.3),
  pareto(2.5, 0.7),
];

/** ∫ f over (0, ∞) by the trapezoidal rule on a logarithmic grid. */
function integral(f: (x: number) => number, from: number): number {
  const steps = 40_000;
  const width = Math.log(1e9 / from) / steps;
  let sum = 0;
  for (let step = 0; step <= steps; step++) {
    const x = from * Math.exp(step * width);
    sum += f(x) * x * (step === 0 || step === steps ? 0.5 : 1);
  }
  return sum * width;
}

const survival = (model: SessionModel) => (x: number) => 1 - model.cdf(x);

describe.each(models)('the $name distribution $parameters', (model) => {
  it('has quantiles that its distribution function turns back', () => {
    for (const p of [0.001, 0.25, 0.5, 0.75, 0.999]) {
      expect(model.cdf(model.quantile(p))).toBeCloseTo(p, 6);
    }
  });

  it('has a density that adds up to its distribution function', () => {
    const [low, high] = [model.quantile(0.2), model.quantile(0.9)];
    const density = (x: number): number => (x <= high ? Math.exp(model.logDensity(x)) : 0);
    expect(integral(density, low)).toBeCloseTo(0.7, 2);
  });

  it('has the mean, and the mean beyond any length, that its survival adds up to', () => {
    const shortest = 1e-9;
    expect(shortest + integral(survival(model), shortest) / model.meanHours).toBeCloseTo(1, 3);
    for (const p of [0.01, 0.5, 0.95]) {
      const x = model.quantile(p);
      const expected = integral(survival(model), x);
      expect(model.meanBeyond(x) / expected).toBeCloseTo(1, 3);
    }
  });
});

describe('a Pareto distribution of shape 1 or less', () => {
  it('has no mean', () => {
    expect(pareto(1, 2).meanHours).toBe(Number.POSITIVE_INFINITY);
    expect(pareto(0.4, 2).meanHours).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the inspection paradox', () => {
  // Stutzbach and Rejaie, IMC 2006: of the peers online, so many have been so for over 5 hours.
  it.each([
    ['bittorrent-debian', 0.6],
    ['bittorrent-flatout', 0.15],
  ])('gives %s about the published share of active peers up for over 5 h', (name, published) => {
    const { shape, scaleMs } = presetNamed(name).session;
    const model = weibull(shape, scaleMs / 3_600_000);
    const share = model.meanBeyond(5) / model.meanHours;
    // Read off a figure, rounded to 5 %.
    expect(Math.abs(share - published)).toBeLessThan(0.05);
    expect(share).toBeGreaterThan(2 * (1 - model.cdf(5)));
  });
});

describe('the Kolmogorov–Smirnov distance', () => {
  const uniform = (x: number): number => Math.min(1, Math.max(0, x));

  it.each([
    [[0.5], 0.5],
    [[0.25, 0.75], 0.25],
    [[0.1, 0.2, 0.3], 0.7],
    [[0.9], 0.9],
    [[0.5, 0.5, 0.5, 0.5], 0.5],
    [[0.125, 0.375, 0.625, 0.875], 0.125],
    [[2, 3], 1],
  ])('of %j from the uniform distribution is %d', (sample, distance) => {
    expect(ksDistance(sample, uniform)).toBeCloseTo(distance, 12);
  });
});
