import { createHistogram } from 'node:perf_hooks';

/** Counts latencies, to within a thousandth of each. */
export class LatencyHistogram {
  /** In nanoseconds, from 1 on. */
  readonly #histogram = createHistogram();

  /** @param ms - milliseconds; what is below 0 counts as 0 */
  record(ms: number): void {
    this.#histogram.record(Math.max(1, Math.round(ms * nanosecondsInMs)));
  }

  figures(): LatencyFigures {
    const histogram = this.#histogram;
    const { count } = histogram;
    const ms = (nanoseconds: number): number | null =>
      count === 0 ? null : Number((nanoseconds / nanosecondsInMs).toFixed(3));
    return {
      count,
      p50: ms(histogram.percentile(50)),
      p90: ms(histogram.percentile(90)),
      p99: ms(histogram.percentile(99)),
      max: ms(histogram.max),
    };
  }
}

/** Percentiles of latencies in milliseconds; null when none was measured. */
export interface LatencyFigures {
  /** How many were measured. */
  readonly count: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

const nanosecondsInMs = 1e6;
