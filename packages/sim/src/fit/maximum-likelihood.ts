import { exponential, lognormal, pareto, type SessionModel, weibull } from './session-models.js';

/**
 * Fits each model to session lengths: of all its parameters those under which these lengths are the
 * most likely.
 *
 * @param lengths - hours, each above 0 and whole milliseconds, not all equal
 */
export function fitModels(lengths: readonly number[]): SessionModel[] {
  const count = lengths.length;
  const logs = lengths.map(Math.log);
  const mean = lengths.reduce((sum, x) => sum + x, 0) / count;
  const mu = logs.reduce((sum, log) => sum + log, 0) / count;
  const variance = logs.reduce((sum, log) => sum + (log - mu) ** 2, 0) / count;
  const shortest = lengths.reduce((least, x) => Math.min(least, x));
  return [
    fitWeibull(logs, mu),
    lognormal(mu, Math.sqrt(variance)),
    exponential(mean),
    pareto(1 / (mu - Math.log(shortest)), shortest),
  ];
}

/**
 * The likelihood of a Weibull distribution is greatest where
 * g(k) = Σ xᵏ ln x / Σ xᵏ − mean ln x − 1/k is 0, and the scale follows from the shape. g rises
 * everywhere: its derivative is a variance and 1/k². So there is one root, and it lies between two
 * shapes at which g has different signs. Newton's step is taken where it stays between them, else
 * their middle: it cannot leave the bracket or go round in circles, for any lengths.
 */
function fitWeibull(logs: readonly number[], meanLog: number): SessionModel {
  const largest = logs.reduce((most, log) => Math.max(most, log));
  let [low, high] = [0, 1];
  while (slopeAt(high, logs, largest, meanLog).g < 0) [low, high] = [high, 2 * high];
  let shape = (low + high) / 2;
  for (let step = 0; step < 200; step++) {
    const { g, derivative } = slopeAt(shape, logs, largest, meanLog);
    if (g < 0) low = shape;
    else high = shape;
    const newton = shape - g / derivative;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    const moved = Math.abs(next - shape);
    shape = next;
    if (moved <= 1e-14 * shape) break;
  }
  const { sum } = slopeAt(shape, logs, largest, meanLog);
  return weibull(shape, Math.exp(largest) * (sum / logs.length) ** (1 / shape));
}

/** g and its derivative at a shape; powers are taken of x over the largest, so that none is too large. */
function slopeAt(
  shape: number,
  logs: readonly number[],
  largest: number,
  meanLog: number,
): { readonly g: number; readonly derivative: number; readonly sum: number } {
  let sum = 0;
  let first = 0;
  let second = 0;
  for (const log of logs) {
    const below = log - largest;
    const power = Math.exp(shape * below);
    sum += power;
    first += power * below;
    second += power * below * below;
  }
  const mean = first / sum;
  return {
    g: mean + largest - meanLog - 1 / shape,
    derivative: second / sum - mean * mean + 1 / (shape * shape),
    sum,
  };
}
