import { TraceError } from '../../traces/trace-error.js';
import { openTrace } from '../../traces/open-trace.js';

/** What is taken from a trace to draw from. */
export interface RecordedTimes {
  /** Lengths of the sessions that both begin and end in it, in milliseconds above 0. */
  readonly sessions: readonly number[];
  /** Times between one arrival and the next, in milliseconds; those at one instant count as 1 ms. */
  readonly betweenArrivals: readonly number[];
}

/** Sessions and arrivals kept; a longer trace says no more of their distribution. */
const mostKept = 1_000_000;

/**
 * Reads the session lengths and the times between arrivals of a recorded trace.
 *
 * @throws {TraceError} when it cannot be read or has no session that begins and ends in it
 */
export async function readRecordedTimes(file: string): Promise<RecordedTimes> {
  const joinedAt = new Map<string, number>();
  const sessions: number[] = [];
  const betweenArrivals: number[] = [];
  let lastArrival: number | undefined;
  for await (const event of (await openTrace(file)).events) {
    if (event.kind === 'leave') {
      const since = joinedAt.get(event.nodeId);
      joinedAt.delete(event.nodeId);
      if (since !== undefined && sessions.length < mostKept) {
        sessions.push(Math.max(1, event.at - since));
      }
    } else if (event.kind === 'join') {
      joinedAt.set(event.peer.peerId.nodeId, event.at);
      if (lastArrival !== undefined && betweenArrivals.length < mostKept) {
        betweenArrivals.push(Math.max(1, event.at - lastArrival));
      }
      lastArrival = event.at;
    }
  }
  if (sessions.length > 0 && betweenArrivals.length > 0) return { sessions, betweenArrivals };
  throw new TraceError(
    { file },
    'expected several sessions that begin and end in the trace, got none',
  );
}
