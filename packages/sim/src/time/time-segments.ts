import { lastEnd, type TimeSpan } from './time-span.js';

/**
 * Virtual time from 0 on, cut wherever one of some spans begins or ends. What is counted in each of the
 * segments, one at a time, can be told of every span, and of the whole, however many spans overlap.
 */
export class TimeSegments {
  /** When each begins; the first at 0. */
  readonly starts: readonly number[];
  /** When the last span ends; what happens then is still of the segment before. */
  readonly #end: number;

  constructor(spans: readonly TimeSpan[]) {
    const bounds = spans.flatMap(({ startsAt, endsAt }) => [startsAt, endsAt]);
    const known = bounds.filter((at) => at < Number.POSITIVE_INFINITY);
    this.starts = [...new Set([0, ...known])].sort((a, b) => a - b);
    this.#end = lastEnd(spans);
  }

  /** Whether a time is past a segment's end. */
  isPast(segment: number, at: number): boolean {
    const end = this.endOf(segment);
    return end === this.#end ? at > end : at >= end;
  }

  /** Infinite of the last one. */
  endOf(segment: number): number {
    return this.starts[segment + 1] ?? Number.POSITIVE_INFINITY;
  }

  /** The segments of one of the spans. */
  of({ startsAt, endsAt }: TimeSpan): SegmentRange {
    const from = this.starts.indexOf(startsAt);
    const to = endsAt < Number.POSITIVE_INFINITY ? this.starts.indexOf(endsAt) : undefined;
    return { from, to: to ?? this.starts.length };
  }
}

/** Segments one after another. */
export interface SegmentRange {
  /** Number of the first, from 0. */
  readonly from: number;
  /** Number of the one after the last. */
  readonly to: number;
}
