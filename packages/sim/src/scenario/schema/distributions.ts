import { z } from 'zod';
import { presets } from '../../churn/presets.js';
import { duration, path } from './quantities.js';

/** The largest shape: a spread so small, or so large, that it means another distribution. */
const mostShape = 20;
const leastShape = 0.1;

const shape = () => z.number().min(leastShape).max(mostShape);

const presetName = z
  .enum(Object.keys(presets))
  .describe('Published figures of a measured network; `panoptes run --help` names their sources.');

const exponential = z.strictObject({
  distribution: z.literal('exponential').describe('Memoryless.'),
  mean: duration().describe('The mean.'),
});
const weibull = z.strictObject({
  distribution: z
    .literal('weibull')
    .describe('Many short and a few very long ones, for a shape below 1.'),
  shape: shape().describe('Shape k.'),
  scale: duration().describe('Scale λ: 63 % are shorter.'),
});
const lognormal = z.strictObject({
  distribution: z.literal('lognormal').describe('The logarithm is normal.'),
  median: duration().describe('The median, e^μ.'),
  sigma: z.number().min(0.01).max(5).describe('Standard deviation σ of the logarithm.'),
});
const pareto = z.strictObject({
  distribution: z.literal('pareto').describe('A power law from a minimum on.'),
  shape: z.number().min(1.05).max(mostShape).describe('Shape α, above 1, or there is no mean.'),
  minimum: duration().describe('The shortest.'),
});
const empirical = z.strictObject({
  distribution: z.literal('empirical').describe('Drawn from the sessions of a recorded trace.'),
  trace: path().describe('The trace, as `panoptes replay` takes it, relative to this file.'),
});

/** How long a peer stays: a preset’s name, or a distribution. */
export const sessions = z.union([
  presetName,
  z.discriminatedUnion('distribution', [exponential, weibull, lognormal, pareto, empirical]),
]);

const interval = {
  mean: duration().optional().describe('Mean time between arrivals of the whole population.'),
};

/** The times between arrivals; the mean follows from Little’s law unless it is given. */
export const arrivals = z.union([
  presetName,
  z.discriminatedUnion('distribution', [
    z.strictObject({
      distribution: z.literal('exponential').describe('A Poisson process.'),
      ...interval,
    }),
    z.strictObject({
      distribution: z.literal('weibull').describe('In bursts, for a shape below 1.'),
      shape: shape().describe('Shape k.'),
      ...interval,
    }),
    z.strictObject({
      distribution: z.literal('lognormal').describe('In bursts, for a large sigma.'),
      sigma: z.number().min(0.01).max(5).describe('Standard deviation σ of the logarithm.'),
      ...interval,
    }),
    z.strictObject({
      distribution: z.literal('pareto').describe('A power law.'),
      shape: z.number().min(1.05).max(mostShape).describe('Shape α, above 1, or there is no mean.'),
      ...interval,
    }),
    z.strictObject({
      distribution: z
        .literal('empirical')
        .describe('Drawn from the times between a trace’s arrivals.'),
      trace: path().describe(
        'The trace, relative to this file; its mean is scaled like any other.',
      ),
      ...interval,
    }),
  ]),
]);

export type SessionsSpec = z.output<typeof sessions>;
export type ArrivalsSpec = z.output<typeof arrivals>;
