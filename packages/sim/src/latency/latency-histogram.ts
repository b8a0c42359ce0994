import { createHistogram } from 'node:perf_hooks';

/** Counts latencies, to within a thousandth of each, or coarser in less memory. */
export class LatencyHistogram {
  /** In nanoseconds, from 1 on. */
  readonly #histogram;

  /** @param digits - how many of a latency count: 3 take 352 KiB, 2 take 47 KiB */
  constructor(digits: 2 | 3 = 3) {
    this.#histogram = createHistogram({ figures: digits });
  }

  /** How many were recorded. */
  get count(): number {
    return this.#histogram.count;
  }

  /** @param ms - milliseconds; what is below 0 counts as 0 */
  record(ms: number): void {
    this.#histogram.record(Math.max(1, Math.round(ms * nanosecondsInMs)));
  }

  /** Forgets all that was recorded. */
  reset(): void {
    this.#histogram.reset();
  }

  /** In milliseconds; null when none was recorded. */
  percentile(share: number): number | null {
    return this.#ms(this.#histogram.percentile(share));
  }

  figures(): LatencyFigures {
    return {
      count: this.count,
      p50: this.percentile(50),
      p90: this.percentile(90),
      p99: this.percentile(99),
      max: this.#ms(this.#histogram.max),
    };
  }

  #ms(nanoseconds: number): number | null {
    return this.count === 0 ? null : Number((nanoseconds / nanosecondsInMs).toFixed(3));
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

/** Those where none was measured. */
export const noLatencies: LatencyFigures = Object.freeze({
  count: 0,
  p50: null,
  p90: null,
  p99: null,
  max: null,
});

const nanosecondsInMs = 1e6;
