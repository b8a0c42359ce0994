import type { Clock } from '../clock.js';
import {
  ObserverUnavailableError,
  ObserverVetoError,
  RegistryClosedError,
  RegistryFailedError,
  VoteFailedError,
  VoteTimeoutError,
} from '../errors.js';
import { isA } from '../error-of.js';
import type { TracedCommand, TracedOutcome, TracedVote } from './tracer.js';

/** Notes what becomes of one command of the sample, and tells it when all of it is known. */
export class CommandTrace {
  readonly #command: TracedCommand;
  readonly #clock: Clock;
  readonly #tell: TraceEnds;
  /** What is added to the clock's durations to make a date. */
  readonly #epoch: number;
  readonly #votes: TracedVote[] = [];
  #proposedAt: number | undefined;
  #end: TraceEnd | undefined;
  #isConcluded = false;

  /** @param epoch - a date less the clock's monotonic time then */
  constructor(command: TracedCommand, epoch: number, clock: Clock, tell: TraceEnds) {
    this.#command = command;
    this.#epoch = epoch;
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Unix milliseconds: the date at its beginning, and what has passed since. */
  now(): number {
    return this.#epoch + this.#clock.monotonic();
  }

  /** It is put to critical observers. */
  proposed(): void {
    this.#proposedAt = this.now();
  }

  /**
   * @param observer - whose vote it is
   * @param error - of a vote that is not one for it
   */
  voted(observer: string, verdict: TracedVote['verdict'], error?: unknown): void {
    this.#votes.push({ observer, verdict, at: this.now(), error });
  }

  /** It was committed, or changes nothing. */
  resolved(change: string, seq: number): void {
    const isCommitted = change !== 'unchanged';
    const outcome = isCommitted ? 'committed' : 'unchanged';
    this.#ends({ outcome, change, seq: isCommitted ? seq : undefined, error: undefined });
    this.conclude();
  }

  /** It was refused. While others still vote on it, there is more to come: `conclude` ends that. */
  rejected(error: unknown): void {
    this.#ends({ outcome: outcomeOf(error), change: undefined, seq: undefined, error });
    if (this.#proposedAt === undefined) this.conclude();
  }

  /** No more votes are waited for. */
  conclude(): void {
    if (this.#isConcluded || this.#end === undefined) return;
    this.#isConcluded = true;
    this.#tell({
      ...this.#command,
      ...this.#end,
      proposedAt: this.#proposedAt,
      votes: this.#votes,
    });
  }

  #ends(end: Omit<TraceEnd, 'endedAt'>): void {
    this.#end ??= { ...end, endedAt: this.now() };
  }
}

/** Called once, when all is known but who has handled it. */
export type TraceEnds = (outcome: TracedOutcome) => void;

type TraceEnd = Pick<TracedOutcome, 'outcome' | 'change' | 'seq' | 'error' | 'endedAt'>;

function outcomeOf(error: unknown): TracedOutcome['outcome'] {
  if (isA(error, ObserverVetoError)) return 'vetoed';
  return failures.some((type) => isA(error, type)) ? 'failed' : 'rejected';
}

/** What is no fault of the command. */
const failures: readonly (abstract new (...given: never[]) => Error)[] = [
  ObserverUnavailableError,
  RegistryClosedError,
  RegistryFailedError,
  VoteFailedError,
  VoteTimeoutError,
];
