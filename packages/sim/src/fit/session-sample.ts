import type { ChurnSource } from '../churn/churn-source.js';
import { type Distribution, empirical } from '../churn/distribution.js';
import { TraceError } from '../traces/trace-error.js';

/** The sessions of a trace: from a peer's join to its leave. */
export interface SessionSample {
  /** In hours, shortest first. */
  readonly lengths: readonly number[];
  /** Sessions under way when the trace begins: how long they lasted before is not known. */
  readonly cutAtStart: number;
  /** Sessions under way when it ends. */
  readonly cutAtEnd: number;
  /** Sessions that end in the instant in which they begin; they are not in `lengths`. */
  readonly empty: number;
  /** How long the trace lasts, in hours. */
  readonly spanHours: number;
  /** Mean number of peers online over it, in all sessions. */
  readonly meanOnline: number;
}

/** How sessions that the trace's ends cut count: with what was seen of them, or not at all. */
export const cutTreatments = ['whole', 'drop'] as const;
export type CutTreatment = (typeof cutTreatments)[number];

const hourMs = 3_600_000;

/**
 * Reads the sessions of a churn source, to its end. A session that begins at the source's first
 * instant, or lasts until its last, is cut: what is seen of it is shorter than it was.
 *
 * @throws {TraceError} when the source is bad
 */
export async function readSessions(
  source: ChurnSource,
  treatment: CutTreatment,
): Promise<SessionSample> {
  const begun = new Map<string, number>();
  const sessions: { readonly from: number; readonly to: number }[] = [];
  for await (const event of source.events) {
    if (event.kind === 'join') begun.set(event.peer.peerId.nodeId, event.at);
    if (event.kind !== 'leave') continue;
    sessions.push({ from: begun.get(event.nodeId)!, to: event.at });
    begun.delete(event.nodeId);
  }
  const span = source.spanMs();
  for (const from of begun.values()) sessions.push({ from, to: span });

  const real = sessions.filter(({ from, to }) => to > from);
  const counted =
    treatment === 'whole' ? real : real.filter(({ from, to }) => from > 0 && to < span);
  const onlineMs = real.reduce((sum, { from, to }) => sum + to - from, 0);
  return {
    lengths: counted.map(({ from, to }) => (to - from) / hourMs).sort((a, b) => a - b),
    cutAtStart: real.filter(({ from }) => from === 0).length,
    cutAtEnd: real.filter(({ to }) => to === span).length,
    empty: sessions.length - real.length,
    spanHours: span / hourMs,
    meanOnline: span > 0 ? onlineMs / span : begun.size,
  };
}

/**
 * The sessions of a recorded trace, for a generator to draw from.
 *
 * @throws {TraceError} when the trace is bad, or no peer joins and leaves in it
 */
export async function recordedTimes(source: ChurnSource): Promise<Distribution> {
  const { lengths } = await readSessions(source, 'whole');
  if (lengths.length > 0) return empirical(lengths.map((length) => length * hourMs));
  throw new TraceError({ file: source.name }, 'expected sessions to draw from, got none');
}
