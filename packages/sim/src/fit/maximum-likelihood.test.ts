import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { substream } from '../churn/random-source.js';
import { fitModels } from './maximum-likelihood.js';
import { exponential, lognormal, pareto, type SessionModel, weibull } from './session-models.js';

/** A sample of a model, by inversion. */
function sampleOf(model: SessionModel, size: number, seed: string): number[] {
  const uniform = substream(seed, model.name);
  return Array.from({ length: size }, () => model.quantile(uniform()));
}

const fitted = (lengths: readonly number[], name: SessionModel['name']): SessionModel =>
  fitModels(lengths).find((model) => model.name === name)!;

const logLikelihood = (model: SessionModel, lengths: readonly number[]): number =>
  lengths.reduce((sum, x) => sum + model.logDensity(x), 0);

describe('fitting by maximum likelihood', () => {
  it.each([
    weibull(0.1, 3),
    weibull(0.34, 0.355),
    weibull(0.644, 10.86),
    weibull(1, 1e-3),
    weibull(2.5, 100),
    weibull(12, 1e6),
    lognormal(1.597, 1.566),
    lognormal(-4, 0.1),
    exponential(16.3),
    pareto(0.4, 2),
    pareto(2.7, 0.01),
  ])('recovers the parameters of a sample of $name $parameters', (model) => {
    const { parameters } = fitted(sampleOf(model, 40_000, 'recovery'), model.name);
    for (const [name, value] of Object.entries(model.parameters)) {
      // Standard errors are below 1 % of the parameter, or of the spread for a mean near 0.
      expect(Math.abs(parameters[name]! - value)).toBeLessThan(
        0.03 * Math.max(Math.abs(value), 1e-3),
      );
    }
  });

  it('finds the maximum of the likelihood, whatever the lengths', () => {
    // Whole milliseconds, as in traces, up to three years.
    const length = fc.integer({ min: 1, max: 1e11 }).map((ms) => ms / 3_600_000);
    const lengths = fc
      .array(length, { minLength: 2, maxLength: 40 })
      .filter((all) => new Set(all).size > 1);
    fc.assert(
      fc.property(lengths, (all) => {
        const { shape, scaleHours } = fitted(all, 'weibull').parameters;
        const best = logLikelihood(weibull(shape!, scaleHours!), all);
        expect(Number.isFinite(best)).toBe(true);
        for (const [k, scale] of [
          [0.99, 1],
          [1.01, 1],
          [1, 0.99],
          [1, 1.01],
          [0.98, 1.02],
          [1.02, 0.98],
        ] as const) {
          const other = logLikelihood(weibull(shape! * k, scaleHours! * scale), all);
          expect(other).toBeLessThanOrEqual(best + 1e-9 * Math.abs(best));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('converges where Newton’s method alone would leave the positive shapes', () => {
    // Nearly equal lengths make a shape of a million; far apart ones a shape near 0.
    const { shape: steep } = fitted([1, 1, 1, 1 + 1e-6], 'weibull').parameters;
    expect(steep).toBeGreaterThan(1e5);
    const { shape: flat } = fitted([1e-300, 1e-200, 1, 1e300], 'weibull').parameters;
    expect(flat).toBeGreaterThan(0);
    expect(flat).toBeLessThan(0.01);
  });

  it('does not depend on the unit', () => {
    const lengths = sampleOf(weibull(0.7, 3), 500, 'units');
    const hours = fitted(lengths, 'weibull').parameters;
    const seconds = fitted(
      lengths.map((x) => 3_600 * x),
      'weibull',
    ).parameters;
    expect(seconds['shape']! / hours['shape']!).toBeCloseTo(1, 10);
    expect(seconds['scaleHours']! / hours['scaleHours']!).toBeCloseTo(3_600, 6);
  });
});
