import { CheckedOnce } from '../checked-once.js';
import { ConfigError, describe } from '../errors.js';
import { ownRecord } from '../own-record.js';
import { readOptions, wholeOption } from '../read-options.js';

/**
 * Traces a sample of the commands, from the call to when each observer has handled what came of it. Its
 * calls are made on the registry's thread; one that throws, or is slow three times in a row, is dropped.
 *
 * ```ts
 * const tracer: Tracer = {
 *   sampleEvery: 100,
 *   began: ({ kind }) => ({
 *     ended: ({ outcome, endedAt, at }) => console.log(kind, outcome, endedAt - at, 'ms'),
 *     handled: ({ observer, at }) => console.log(observer, at),
 *   }),
 * };
 * ```
 *
 * All times are Unix milliseconds of the machine, with fractions, whatever clock the registry has. Within a
 * trace they never go back.
 */
export interface Tracer {
  /** One command in so many is traced: each such one, counted from the first. Default 1,000. */
  readonly sampleEvery?: number | undefined;
  /** Milliseconds for which observers are waited for, that handle a commit that is traced. Default 30,000. */
  readonly followMs?: number | undefined;
  /**
   * A command of the sample was handed in. It is called within the caller's own call, so that it sees the
   * context in which that was made, and before anything has come of the command.
   *
   * @returns what is told of it; undefined: nothing is
   */
  began(command: TracedCommand): TraceListener | undefined;
}

/** Is told what became of one command that is traced. Both calls come in a later turn of the event loop. */
export interface TraceListener {
  /** Called once, when it has come to its end and all votes on it are in, or are given up. */
  ended(outcome: TracedOutcome): void;
  /** Called after `ended` for each observer that followed the log as it was committed, once. */
  handled(handling: TracedHandling): void;
}

/** A command as it was handed in. */
export interface TracedCommand {
  readonly kind: 'upsert' | 'update' | 'remove' | 'batch' | 'cleanup';
  /** When it was handed in. */
  readonly at: number;
  /** Commands of the sample that were left out since the last one, as too many were traced already. */
  readonly leftOut: number;
}

/** How a command ended. */
export interface TracedOutcome extends TracedCommand {
  /**
   * Committed; or nothing had to be, as nothing would have changed; a critical observer's veto; refused for
   * what it asks, as with a conflict; or failed: a vote was missing, or the registry ended before.
   */
  readonly outcome: 'committed' | 'unchanged' | 'vetoed' | 'rejected' | 'failed';
  /** When its caller was told, or would have been without a store. */
  readonly endedAt: number;
  /** The transaction that was committed. */
  readonly seq: number | undefined;
  /** What it did, as in its result: `added`, `updated`, `removed`, `unchanged`, or `committed` for a batch. */
  readonly change: string | undefined;
  /** Why it was not committed; what its caller got. */
  readonly error: unknown;
  /** When it was put to critical observers, if it was. */
  readonly proposedAt: number | undefined;
  /** Their votes, in the order in which they came. */
  readonly votes: readonly TracedVote[];
}

/** What a critical observer said to it. */
export interface TracedVote {
  readonly observer: string;
  /** `failed`: its handler threw, it came too late, or it went away; `absent`: it was not asked. */
  readonly verdict: 'accepted' | 'vetoed' | 'failed' | 'absent';
  /** When the registry took it. */
  readonly at: number;
  /** What refuses the transaction, or would if it had to have this vote. */
  readonly error: unknown;
}

/** When an observer had finished a transaction. */
export interface TracedHandling {
  readonly observer: string;
  readonly seq: number;
  /**
   * `finished`; `left`: it ended, was overtaken or paused before it was seen to finish; `late`: it had not
   * within `followMs`.
   */
  readonly outcome: 'finished' | 'left' | 'late';
  /** When the registry saw it, a millisecond or so later than it was. */
  readonly at: number;
}

/** A tracer that is checked, with all that it may leave out. */
export interface OwnTracer extends Tracer {
  readonly sampleEvery: number;
  readonly followMs: number;
}

/**
 * Checks a tracer and copies it: each of its members is read once.
 *
 * @throws {ConfigError} when it is none
 */
export function ownTracer(given: unknown): OwnTracer {
  if (checked.has(given)) return given;
  const what = `option 'tracer'`;
  const { sampleEvery, followMs, began } = ownRecord(given, what, [
    ...Object.keys(settings),
    'began',
  ]);
  if (typeof began !== 'function') {
    throw new ConfigError(
      `${what}: expected an object with the method began, got ${describe(began)} there; ` +
        'openTelemetryTracer() of @panoptes/tracing makes one',
    );
  }
  const call = began as Tracer['began'];
  return checked.add({
    ...readOptions(settings, { sampleEvery, followMs }, what),
    began: (command) => call.call(given as Tracer, command),
  });
}

const checked = new CheckedOnce<OwnTracer>();

const settings = {
  sampleEvery: wholeOption(1_000, 1, 2 ** 31 - 1),
  followMs: wholeOption(30_000, 1, 2 ** 31 - 1),
};
