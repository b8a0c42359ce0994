/** A stretch of virtual time, which is not empty. */
export interface TimeSpan {
  /** Virtual milliseconds. */
  readonly startsAt: number;
  /** Infinite when it is not known before its end. */
  readonly endsAt: number;
}

/** When the last of some spans ends: a run ends then. */
export const lastEnd = (spans: readonly TimeSpan[]): number =>
  spans.reduce((last, { endsAt }) => Math.max(last, endsAt), 0);

/**
 * Whether a time lies in one of some spans. What ends as the run does has that instant; one that ends
 * earlier does not, since what begins then has it.
 *
 * @param end - when the last of them ends
 */
export const isWithin = ({ startsAt, endsAt }: TimeSpan, end: number, at: number): boolean =>
  at >= startsAt && (at < endsAt || (at === endsAt && endsAt === end));
