import { quantileSorted } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import {
  type Distribution,
  empirical,
  exponential,
  lognormal,
  ofMean,
  pareto,
  weibull,
} from './distribution.js';
import { gamma } from './gamma.js';
import { presets } from './presets.js';
import { substream } from './random-source.js';

const draws = 40_000;

const sorted = (draw: () => number): number[] =>
  Array.from({ length: draws }, draw).sort((a, b) => a - b);
const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

interface Case {
  readonly name: string;
  readonly distribution: Distribution;
  readonly mean: number;
  /** The value below which a share of the draws lies. */
  readonly quantile: (share: number) => number;
  /** Mean of what is left at a random moment: E[T²] / 2E[T]. */
  readonly residualMean: number;
}

const cases: readonly Case[] = [
  {
    name: 'exponential',
    distribution: exponential(100),
    mean: 100,
    quantile: (share) => -100 * Math.log(1 - share),
    residualMean: 100,
  },
  {
    name: 'Weibull of shape 2',
    distribution: weibull(2, 100),
    mean: 88.6227,
    quantile: (share) => 100 * Math.sqrt(-Math.log(1 - share)),
    residualMean: 10_000 / (2 * 88.6227),
  },
  {
    // E[Tⁿ] = scaleⁿ Γ(1 + n/shape).
    name: 'Weibull of shape 0.644',
    distribution: weibull(0.644, 100),
    mean: 100 * gamma(1 + 1 / 0.644),
    quantile: (share) => 100 * (-Math.log(1 - share)) ** (1 / 0.644),
    residualMean: (50 * gamma(1 + 2 / 0.644)) / gamma(1 + 1 / 0.644),
  },
  {
    name: 'lognormal',
    distribution: lognormal(0.5, 100),
    mean: 100 * Math.exp(0.125),
    quantile: (share) => 100 * Math.exp(0.5 * { 0.25: -0.67449, 0.5: 0, 0.75: 0.67449 }[share]!),
    residualMean: 50 * Math.exp(0.375),
  },
  {
    name: 'Pareto of shape 4',
    distribution: pareto(4, 100),
    mean: 400 / 3,
    quantile: (share) => 100 * (1 - share) ** -0.25,
    residualMean: 20_000 / (2 * (400 / 3)),
  },
  {
    name: 'empirical',
    distribution: empirical([10, 10, 40, 100]),
    mean: 40,
    quantile: (share) => ({ 0.25: 10, 0.5: 25, 0.75: 70 })[share]!,
    residualMean: 11_800 / 4 / 80,
  },
];

describe.each(cases)(
  'the $name distribution',
  ({ name, distribution, mean, quantile, residualMean }) => {
    it('has its mean and quartiles', () => {
      const values = sorted(distribution.sampler(substream('1', name)));
      expect(distribution.meanMs).toBeCloseTo(mean, 2);
      expect(Math.abs(meanOf(values) / mean - 1)).toBeLessThan(0.02);
      if (name === 'empirical') return;
      for (const share of [0.25, 0.5, 0.75]) {
        expect(Math.abs(quantileSorted(values, share) / quantile(share) - 1)).toBeLessThan(0.03);
      }
    });

    it('leaves at a random moment what renewal theory says', () => {
      const values = sorted(distribution.residual(substream('1', name)));
      expect(Math.abs(meanOf(values) / residualMean - 1)).toBeLessThan(0.03);
    });

    it('keeps its shape when it is stretched', () => {
      const stretched = ofMean(distribution, 3 * mean);
      const [draw, long] = [distribution, stretched].map((one) =>
        one.sampler(substream('2', name)),
      );
      for (let at = 0; at < 100; at++) expect(long!() / draw!()).toBeCloseTo(3, 6);
    });
  },
);

describe('recorded durations', () => {
  const lengths = [100, 200, 700, 3_000];
  const total = 4_000;
  const times = empirical(lengths);
  const manyDraws = 200_000;

  it('are drawn as they are, each as likely as the others', () => {
    const draw = times.sampler(substream('seed', 'sessions'));
    const drawn = Array.from({ length: manyDraws }, draw);
    expect(times.meanMs).toBe(total / lengths.length);
    for (const length of lengths) {
      const share = drawn.filter((time) => time === length).length / manyDraws;
      expect(Math.abs(share - 1 / lengths.length)).toBeLessThan(0.005);
    }
  });

  it('have at a random moment left what renewal theory says: P(left > x) = E[(T − x)⁺] / E[T]', () => {
    const draw = times.residual(substream('seed', 'residual'));
    const left = Array.from({ length: manyDraws }, draw);
    for (const x of [0, 50, 150, 400, 1_500, 2_900, 3_000]) {
      const beyond = lengths.reduce((sum, length) => sum + Math.max(0, length - x), 0);
      const share = left.filter((time) => time > x).length / manyDraws;
      expect(Math.abs(share - beyond / total)).toBeLessThan(0.005);
    }
  });
});

describe('presets', () => {
  it('kad has the mean that was published: 10,000 s', () => {
    const { shape, scaleMs } = presets['kad']!.session;
    expect(weibull(shape, scaleMs).meanMs).toBeCloseTo(10_000_000, 0);
  });
});

describe('presets that were made of published quantiles', () => {
  const below = (name: string, hours: number): number => {
    const { shape, scaleMs } = presets[name]!.session;
    return 1 - Math.exp(-(((hours * 3_600_000) / scaleMs) ** shape));
  };

  it('ipfs: half of the sessions last at most 2 h, 80 % at most 8 h', () => {
    expect(below('ipfs', 2)).toBeCloseTo(0.5, 2);
    expect(below('ipfs', 8)).toBeCloseTo(0.8, 2);
  });

  it('mainline: within 5 points of what answers after an hour, a day, two days and a week', () => {
    for (const [hours, left] of [
      [1, 0.8593],
      [24, 0.3887],
      [48, 0.239],
      [168, 0.0312],
    ] as const) {
      expect(Math.abs(1 - below('mainline', hours) - left)).toBeLessThan(0.05);
    }
  });
});
