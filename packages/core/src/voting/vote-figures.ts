import { type RecordableHistogram, createHistogram } from 'node:perf_hooks';

/** What is counted of a critical observer's votes, through all its lives. */
export interface VoteStats {
  /** Whether it is asked: `closed` yes, `open` no, `half-open` once to see whether it answers. */
  readonly breaker: 'closed' | 'open' | 'half-open';
  /** Votes in time, vetoes included. */
  readonly votes: number;
  readonly vetoes: number;
  /** Proposals it had not voted on when the deadline passed. */
  readonly timeouts: number;
  /** Proposals it could not vote on: its handler threw, or it died. */
  readonly failures: number;
  /** Transactions that went on without its vote (`onVoteFailure: 'proceed'`). */
  readonly proceededWithout: number;
  /** Transactions refused because it was not there (`onVoteFailure: 'abort'`). */
  readonly refusedWithout: number;
  /** Votes that came after the deadline. */
  readonly late: number;
  /** Votes on what it was not asked. */
  readonly unknown: number;
  /** Votes on what it had voted on. */
  readonly double: number;
  /** Votes of an incarnation that was given up. */
  readonly posthumous: number;
  /** Milliseconds from a proposal to the vote; 0 before the first. */
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
}

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
