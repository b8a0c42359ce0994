import {
  type Distribution,
  empirical,
  exponential,
  lognormal,
  ofMean,
  pareto,
  weibull,
} from '../../churn/distribution.js';
import type { ChurnSource } from '../../churn/churn-source.js';
import { presetNamed } from '../../churn/presets.js';
import { recordedTimes } from '../../fit/session-sample.js';
import type { ArrivalsSpec, SessionsSpec } from '../schema/distributions.js';
import { recordedArrivals } from './recorded-arrivals.js';

/** Opens a trace that a scenario names. */
export type OpenTrace = (path: string) => Promise<ChurnSource>;

/**
 * The distribution that a scenario names for sessions.
 *
 * @param open - opens a trace by the path that the scenario has
 * @throws {TraceError} when a trace that it names cannot be read
 */
export async function sessionsOf(spec: SessionsSpec, open: OpenTrace): Promise<Distribution> {
  if (typeof spec === 'string') {
    const { session } = presetNamed(spec);
    return weibull(session.shape, session.scaleMs);
  }
  switch (spec.distribution) {
    case 'exponential':
      return exponential(spec.mean);
    case 'weibull':
      return weibull(spec.shape, spec.scale);
    case 'lognormal':
      return lognormal(spec.sigma, spec.median);
    case 'pareto':
      return pareto(spec.shape, spec.minimum);
    case 'empirical':
      return recordedTimes(await open(spec.trace));
  }
}

/** Times between arrivals, of any mean: it is stretched to what the population asks for. */
export interface ArrivalTimes {
  /** Of the whole population, where the scenario gives it; otherwise it follows from Little's law. */
  readonly meanMs: number | undefined;
  /** @param meanMs - of the part of the population that arrives */
  ofMean(meanMs: number): Distribution;
}

/** The distribution that a scenario names for arrivals; see `sessionsOf`. */
export async function arrivalsOf(spec: ArrivalsSpec, open: OpenTrace): Promise<ArrivalTimes> {
  const shape = await arrivalShape(spec, open);
  return {
    meanMs: typeof spec === 'string' ? undefined : spec.mean,
    ofMean: (meanMs) => ofMean(shape, meanMs),
  };
}

async function arrivalShape(spec: ArrivalsSpec, open: OpenTrace): Promise<Distribution> {
  if (typeof spec === 'string') return weibull(presetNamed(spec).arrivalShape, 1);
  switch (spec.distribution) {
    case 'exponential':
      return exponential(1);
    case 'weibull':
      return weibull(spec.shape, 1);
    case 'lognormal':
      return lognormal(spec.sigma, 1);
    case 'pareto':
      return pareto(spec.shape, 1);
    case 'empirical':
      return empirical(await recordedArrivals(await open(spec.trace)));
  }
}
