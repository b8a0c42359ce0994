import { errorOf } from '../error-of.js';
import { ObserverKilledError } from '../errors.js';
import type { CrashLines } from './crash-lines.js';
import type { DeadLetters } from './dead-letters.js';
import type { ExitReason } from './host.js';
import type { Incarnation } from './incarnation.js';
import type { ObserverRecord } from './observer-record.js';

/** Records and logs why an incarnation has ended, and which transactions it was at if it failed. */
export function recordFailure({
  record,
  incarnation: ended,
  exit,
  error,
  at,
  deadLetters,
  lines,
}: ObserverFailure): void {
  const { incarnation } = record;
  // Killing one that failed by itself is no reason of its own.
  const wasForced = exit === undefined || exit.code === 'killed' || exit.code === 'zombie';
  const isReason = wasForced || error instanceof ObserverKilledError;
  const code = isReason ? codeOf(error) : exit.code;
  const lastError = errorOf(isReason ? error : (exit.error ?? error));
  record.lastError = lastError;
  const reason = { incarnation, at, code, message: lastError.message };
  record.noteEnd(reason);
  if (exit?.normal === true) return;
  record.failed++;
  const inHand = ended?.host.health.inHand;
  lines?.say(reason, lastError, inHand);
  if (inHand === undefined) return;
  record.deadLetters++;
  record.resumption.failedAt(inHand);
  const { first: seq, last: lastSeq } = inHand;
  const observer = record.spec.name;
  deadLetters.add({ observer, incarnation, seq, lastSeq, code, error: lastError, at });
}

/** What is known about an incarnation that has ended without being asked to. */
export interface ObserverFailure {
  readonly record: ObserverRecord;
  /** Undefined when the failure came before there was one. */
  readonly incarnation: Incarnation | undefined;
  readonly exit: ExitReason | undefined;
  /** What the step of its machine failed with. */
  readonly error: unknown;
  /** Unix milliseconds. */
  readonly at: number;
  readonly deadLetters: DeadLetters;
  /** Where it is logged; nowhere when a caller is told of it, as of a start that fails. */
  readonly lines: CrashLines | undefined;
}

const codeOf = (error: unknown): string =>
  error instanceof ObserverKilledError ? error.reason : 'error';
