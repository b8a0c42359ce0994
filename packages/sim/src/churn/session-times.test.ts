import { describe, expect, it } from 'vitest';
import { presets } from './presets.js';
import { substream } from './random-source.js';
import {
  drawResidual,
  drawWeibull,
  empiricalTimes,
  gamma,
  weibullMeanMs,
  weibullOfMean,
} from './session-times.js';

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

describe('the gamma function', () => {
  it.each([
    [1, 1],
    [2, 1],
    [3.5, 3.323350970447843],
    [5, 24],
    [6, 120],
  ])('of %d is %d', (x, y) => {
    expect(gamma(x)).toBeCloseTo(y, 9);
  });
});

describe('session times', () => {
  it('have the mean that was published of Kad: 10,000 s', () => {
    expect(weibullMeanMs(presets['kad']!.session)).toBeCloseTo(10_000_000, 0);
  });

  it('of a given mean have that mean', () => {
    expect(weibullMeanMs(weibullOfMean(0.62, 5_000))).toBeCloseTo(5_000, 6);
  });

  it.each(Object.keys(presets))(
    'of %s have the quartiles of their Weibull distribution',
    (name) => {
      const { session } = presets[name]!;
      const draw = drawWeibull(substream('seed', 'sessions'), session);
      const times = Array.from({ length: 40_000 }, draw).sort((a, b) => a - b);
      for (const quartile of [0.25, 0.5, 0.75]) {
        const expected = session.scaleMs * (-Math.log(1 - quartile)) ** (1 / session.shape);
        const measured = times[Math.floor(quartile * times.length)]!;
        expect(Math.abs(measured / expected - 1)).toBeLessThan(0.05);
      }
    },
  );

  it('that are left at a random moment have the mean that renewal theory gives', () => {
    // E[residual] = E[T²] / 2 E[T]; of a Weibull, E[Tⁿ] = scaleⁿ Γ(1 + n/shape).
    const session = { shape: 0.644, scaleMs: 1_000 };
    const draw = drawResidual(substream('seed', 'residual'), session);
    const secondMoment = session.scaleMs ** 2 * gamma(1 + 2 / session.shape);
    const expected = secondMoment / (2 * weibullMeanMs(session));
    const measured = mean(Array.from({ length: 200_000 }, draw));
    expect(Math.abs(measured / expected - 1)).toBeLessThan(0.05);
  });
});

describe('session times of a trace', () => {
  const lengths = [100, 200, 700, 3_000];
  const total = 4_000;
  const times = empiricalTimes(lengths);
  const draws = 200_000;

  it('are its own, each as likely as the others', () => {
    const draw = times.sampler(substream('seed', 'sessions'));
    const drawn = Array.from({ length: draws }, draw);
    expect(times.meanMs).toBe(total / lengths.length);
    for (const length of lengths) {
      const share = drawn.filter((time) => time === length).length / draws;
      expect(Math.abs(share - 1 / lengths.length)).toBeLessThan(0.005);
    }
  });

  it('have at a random moment left what renewal theory says: P(left > x) = E[(T − x)⁺] / E[T]', () => {
    const draw = times.residual(substream('seed', 'residual'));
    const left = Array.from({ length: draws }, draw);
    for (const x of [0, 50, 150, 400, 1_500, 2_900, 3_000]) {
      const beyond = lengths.reduce((sum, length) => sum + Math.max(0, length - x), 0);
      const share = left.filter((time) => time > x).length / draws;
      expect(Math.abs(share - beyond / total)).toBeLessThan(0.005);
    }
  });
});
