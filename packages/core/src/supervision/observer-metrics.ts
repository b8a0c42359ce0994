import { describe } from '../describe.js';
import { MetricError } from '../metric-error.js';
import { isList } from '../own-record.js';
import { type HistogramValue, histogramValue } from '../histogram-value.js';
import type { AmountFigure, HistogramFigure, MetricFigure } from '../metric-figure.js';
import type { MetricsAnswer } from './host.js';

/** What an observer's own figures were, all at one transaction. */
export interface ObserverMetrics<Id extends string = string> {
  /** The name that it is registered under. */
  readonly observer: string;
  /** Which incarnation was asked, from 1. */
  readonly incarnation: number;
  /** The last transaction that it had handled, or that its snapshot stood for. */
  readonly seq: number;
  /** In the order in which its module describes them. */
  readonly readings: readonly MetricReading<Id>[];
}

/**
 * A figure of an observer's own with its value: undefined when it could not be read, and then `error`
 * says why. The others are not concerned.
 */
export type MetricReading<Id extends string = string> =
  (AmountFigure<Id> & Outcome<number>) | (HistogramFigure<Id> & Outcome<HistogramValue>);

interface Outcome<Value> {
  readonly value: Value | undefined;
  readonly error: MetricError | undefined;
}

/** Checks what an observer says of its own figures, and knows what it said before. */
export class MetricReadings {
  #incarnation = 0;
  /** Counters as they were last, by id: within an incarnation none falls. */
  readonly #counters = new Map<string, number>();

  /** @param answer - from its host; nothing in it is trusted */
  take(
    { observer, incarnation }: Pick<ObserverMetrics, 'observer' | 'incarnation'>,
    figures: readonly MetricFigure[],
    { seq, values }: MetricsAnswer,
  ): ObserverMetrics {
    if (incarnation !== this.#incarnation) this.#counters.clear();
    this.#incarnation = incarnation;
    const readings = figures.map((figure, at): MetricReading => {
      const given = values[at];
      const failed = (what: string, cause?: Error): MetricError =>
        new MetricError(observer, figure.id, what, cause && { cause });
      if (given instanceof Error) {
        return { ...figure, value: undefined, error: failed(given.message, given) };
      }
      if (figure.kind === 'histogram') {
        const value = histogramOf(figure, given);
        if (typeof value !== 'string') return { ...figure, value, error: undefined };
        return { ...figure, value: undefined, error: failed(value) };
      }
      const problem = this.#problemOf(figure, given);
      return problem === undefined
        ? { ...figure, value: given as number, error: undefined }
        : { ...figure, value: undefined, error: failed(problem) };
    });
    return { observer, incarnation, seq, readings };
  }

  #problemOf({ id, kind }: AmountFigure, given: unknown): string | undefined {
    if (!Number.isFinite(given)) return `expected a finite number, got ${describe(given)}`;
    if (kind === 'gauge') return undefined;
    const value = given as number;
    const before = this.#counters.get(id) ?? 0;
    if (value < before) {
      return `expected a counter from ${before} on, for it only grows, got ${value}`;
    }
    this.#counters.set(id, value);
    return undefined;
  }
}

/** @returns what is wrong with it when it is none with these bounds */
function histogramOf({ bounds }: HistogramFigure, given: unknown): HistogramValue | string {
  const buckets = bounds.length + 1;
  if (typeof given !== 'object' || given === null) {
    return `expected ${buckets} counts and a sum, got ${describe(given)}`;
  }
  const { counts, sum } = given as Readonly<Record<string, unknown>>;
  if (!isList(counts) || (counts as unknown[]).length !== buckets) {
    return `expected ${buckets} counts, got ${describe(counts)}`;
  }
  const own = [...(counts as unknown[])];
  const isCounted = (count: unknown): count is number =>
    Number.isSafeInteger(count) && (count as number) >= 0;
  if (!own.every(isCounted)) {
    const odd = own.findIndex((count) => !isCounted(count));
    return `expected whole numbers from 0 on for counts, got ${describe(own[odd])} at ${odd}`;
  }
  if (!Number.isFinite(sum)) return `expected a finite sum, got ${describe(sum)}`;
  return histogramValue(bounds, own, sum as number);
}
