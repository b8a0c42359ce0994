import type { ChurnSource } from '../../churn/churn-source.js';
import { TraceError } from '../../traces/trace-error.js';

/**
 * Reads the times between one arrival and the next in a recorded trace, in milliseconds above 0:
 * arrivals at one instant count as a millisecond apart.
 *
 * @throws {TraceError} when it cannot be read, or fewer than two peers arrive
 */
export async function recordedArrivals(source: ChurnSource): Promise<number[]> {
  const times: number[] = [];
  let last: number | undefined;
  for await (const { kind, at } of source.events) {
    if (kind !== 'join') continue;
    if (last !== undefined) times.push(Math.max(1, at - last));
    last = at;
    if (times.length === mostKept) break;
  }
  if (times.length > 0) return times;
  throw new TraceError({ file: source.name }, 'expected several arrivals to draw from, got none');
}

/** Times kept; a longer trace says no more of their distribution. */
const mostKept = 1_000_000;
