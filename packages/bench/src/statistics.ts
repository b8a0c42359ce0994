import { median } from 'simple-statistics';
import type { BenchRatio, BenchRow } from './bench-document.js';

/**
 * Sums up the runs of one figure. The median, since one run that another program disturbed says
 * nothing about the others.
 *
 * @param runs - at least one
 */
export function summarizeRuns(runs: readonly number[]): RunSummary {
  return {
    median: median([...runs]),
    min: Math.min(...runs),
    max: Math.max(...runs),
    runs: [...runs],
  };
}

/** The middle of some runs, and how far they lie apart. */
export interface RunSummary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number[];
}

/**
 * How many times as good Panoptes is as every other system that was measured beside it: where less
 * is better, the quotient is turned over. Rows are compared with those of the same suite, metric,
 * number of observers and number of peers.
 */
export function ratiosOf(rows: readonly BenchRow[]): BenchRatio[] {
  return rows
    .filter(({ system }) => system === 'panoptes')
    .flatMap((ours) =>
      rows
        .filter((theirs) => theirs.system !== 'panoptes' && isSameContest(ours, theirs))
        .map((theirs) => ({
          suite: ours.suite,
          metric: ours.metric,
          observers: ours.observers,
          of: ours.system,
          to: theirs.system,
          ratio: ours.better === 'more' ? ours.median / theirs.median : theirs.median / ours.median,
        })),
    );
}

const isSameContest = (a: BenchRow, b: BenchRow): boolean =>
  a.suite === b.suite &&
  a.metric === b.metric &&
  a.observers === b.observers &&
  a.peers === b.peers;
