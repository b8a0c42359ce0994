import { type RecordableHistogram, createHistogram } from 'node:perf_hooks';
import type { Figures } from '../figure.js';
import type { voteFigures } from '../figures.js';

/** Counts a voter's votes. */
export class VoteFigures {
  votes = 0;
  vetoes = 0;
  timeouts = 0;
  failures = 0;
  proceededWithout = 0;
  refusedWithout = 0;
  late = 0;
  unknown = 0;
  double = 0;
  posthumous = 0;
  readonly #latency: RecordableHistogram = createHistogram();

  /** Notes how long votes that came together took. */
  noteLatency(ms: number): void {
    this.#latency.record(Math.max(1, Math.round(ms * 1000)));
  }

  stats(breaker: VoteStats['breaker']): VoteStats {
    const { votes, vetoes, timeouts, failures, proceededWithout, refusedWithout } = this;
    const { late, unknown, double, posthumous } = this;
    const percentile = (percent: number): number =>
      this.#latency.count === 0 ? 0 : this.#latency.percentile(percent) / 1000;
    return {
      breaker,
      votes,
      vetoes,
      timeouts,
      failures,
      proceededWithout,
      refusedWithout,
      late,
      unknown,
      double,
      posthumous,
      latencyP50Ms: percentile(50),
      latencyP99Ms: percentile(99),
    };
  }
}

/** A critical observer's figures; the numbers are described in `figures.ts`. */
export interface VoteStats extends Figures<typeof voteFigures> {
  /** Whether it is asked: `closed` yes, `open` no, `half-open` once to see whether it answers. */
  readonly breaker: 'closed' | 'open' | 'half-open';
}
