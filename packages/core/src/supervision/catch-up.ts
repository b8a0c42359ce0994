import type { Clock } from '../clock.js';
import { ObserverKilledError } from '../errors.js';
import type { StoredObservers } from '../registry/stored-observers.js';
import type { Incarnation } from './incarnation.js';
import type { ObserverRecord } from './observer-record.js';

/**
 * Brings an incarnation to where it can follow the log: from what it has stored, or from where it was
 * overtaken, by what the store has kept since; or by a snapshot.
 *
 * @throws {ObserverKilledError} when too many snapshots in a row were of no use
 * @throws what the observer's handlers throw
 */
export async function catchUp(
  incarnation: Incarnation,
  record: ObserverRecord,
  { clock, config, stored, resumes }: CatchUpDeps,
): Promise<void> {
  const { maxResyncs } = config;
  const delayMs = record.snapshots.next(incarnation.delivered, maxResyncs);
  if (delayMs === undefined) {
    throw new ObserverKilledError(
      'lapped',
      `observer '${record.spec.name}' was overtaken more than ${maxResyncs} times in a row ` +
        '(maxResyncs) before it had handled a transaction',
    );
  }
  if (delayMs > 0) await new Promise<void>((resolve) => clock.after(delayMs, resolve));
  const { handled, space } = incarnation;
  // A voter that was away has missed what became of its votes: only a snapshot shows that.
  const hasMissedVotes = record.spec.role === 'critical' && handled !== undefined;
  const cursor = hasMissedVotes ? undefined : space && (handled ?? space.cursor);
  if (cursor !== undefined && record.resumption.mayResume(cursor)) {
    resumes();
    if (await incarnation.resume(cursor, stored!)) {
      record.resumes++;
      return;
    }
  }
  record.snapshots.taken();
  await incarnation.sync();
}

/** What that depends on. */
export interface CatchUpDeps {
  readonly clock: Clock;
  readonly config: { readonly maxResyncs: number };
  /** What is kept for observers with `resume`. */
  readonly stored?: StoredObservers | undefined;
  /** Called before it is given what the store has kept. */
  readonly resumes: () => void;
}
