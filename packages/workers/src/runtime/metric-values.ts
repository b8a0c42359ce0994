import { types } from 'node:util';
import { describe } from '@panoptes/core/observer';
import { type ErrorMessage, packError } from './control-errors.js';
import type {
  AnyObserver,
  HistogramCounts,
  HistogramMetric,
  ObserverMetric,
} from './define-observer.js';

/** The values of an observer's own figures, on their way between threads, in the order of their names. */
export interface MetricValues {
  /** The last transaction that it had handled. */
  readonly seq: number;
  readonly values: readonly (number | HistogramCounts | MetricFailure)[];
}

/** Why there is no value. */
interface MetricFailure {
  readonly failure: ErrorMessage;
}

/** Reads all of them. What the function of one throws, or gives that is no value, is no concern of the others. */
export function readMetrics(
  metrics: NonNullable<AnyObserver['metrics']>,
  state: unknown,
): MetricValues['values'] {
  return Object.values(metrics).map((metric: ObserverMetric<unknown>) => {
    try {
      return metric.kind === 'histogram' ? countsOf(metric, state) : amountOf(metric.read(state));
    } catch (error) {
      return { failure: packError(error) };
    }
  });
}

function amountOf(value: unknown): number {
  if (typeof value === 'number') return value;
  // An async function has given one that may reject, and nobody waits for it.
  if (types.isPromise(value)) value.catch(() => undefined);
  throw new TypeError(`expected a number at once, got ${describe(value)}`);
}

function countsOf({ bounds, read }: HistogramMetric<unknown>, state: unknown): HistogramCounts {
  const given: unknown = read(state);
  if (types.isPromise(given)) given.catch(() => undefined);
  if (typeof given !== 'object' || given === null) throw noNumbers(given);
  const {
    counts,
    sum,
    [Symbol.iterator]: numbers,
  } = given as Readonly<Record<PropertyKey, unknown>>;
  if (Array.isArray(counts)) {
    // One more than the bounds ask for is enough to be refused.
    const all = [...(counts as unknown[]).slice(0, bounds.length + 2), sum];
    const wrong = all.find((one) => typeof one !== 'number');
    if (all.every((one) => typeof one === 'number'))
      return { counts: all.slice(0, -1), sum: all.at(-1)! };
    throw new TypeError(`expected numbers for counts and sum, got ${describe(wrong)} among them`);
  }
  if (typeof numbers !== 'function') throw noNumbers(given);
  return counted(given as Iterable<unknown>, bounds);
}

/** Counts numbers into buckets. */
function counted(numbers: Iterable<unknown>, bounds: readonly number[]): HistogramCounts {
  const counts = new Array<number>(bounds.length + 1).fill(0);
  let sum = 0;
  let seen = 0;
  for (const number of numbers) {
    if (typeof number !== 'number' || !Number.isFinite(number)) {
      throw new TypeError(`expected finite numbers, got ${describe(number)} among them`);
    }
    if (++seen > mostNumbers) throw new RangeError(`expected at most ${mostNumbers} numbers`);
    const bucket = bounds.findIndex((bound) => number <= bound);
    counts[bucket === -1 ? bounds.length : bucket]!++;
    sum += number;
  }
  return { counts, sum };
}

/** Who has more counts them as they come. */
const mostNumbers = 2_000_000;

const noNumbers = (given: unknown): TypeError =>
  new TypeError(`expected numbers, or { counts, sum }, got ${describe(given)}`);
