import type { Clock } from '../clock.js';
import { PanoptesError } from '../errors.js';
import { maxTurnMs } from '../limits.js';
import type { Doorbell } from '../log/doorbell.js';
import type { RegistryCounters } from './registry-counters.js';
import { tellAll } from '../tell-all.js';
import type { Admission } from './admission.js';
import { resultOf } from './command-outcome.js';
import type { Command } from './commands.js';
import type { Committer } from './committer.js';
import type { Outcomes } from './outcomes.js';
import type { Decision, Transaction } from '../log/transaction.js';
import type { QueuedCommand, CommandQueue } from './command-queue.js';

/**
 * Takes commands from the queue one after another, decides and commits them. Every turn
 * commits a whole group: what it wrote is published once, and only then are callers told. When a bug
 * ends a turn, `RegistryActor.fail` publishes what callers have been promised.
 */
export class CommitLoop {
  readonly #deps: CommitLoopDeps;
  /** A decided transaction that waits for room in the log. */
  #pending: Transaction | undefined;
  /** Milliseconds of the rate limits, as of the last look at the clock. */
  #monotonic = 0;

  constructor(deps: CommitLoopDeps) {
    this.#deps = deps;
  }

  /** Commits what waits, until nothing does, the log is full or others must have their turn. */
  run(): TurnEnd {
    const { queue, committer, doorbell, mustVote, admission, outcomes } = this.#deps;
    const start = this.#look();
    let end: TurnEnd = 'idle';
    let count = 0;
    for (let next = queue.peek(); next !== undefined; next = queue.peek()) {
      // What was decided before there was a vote goes on without one.
      if (this.#pending === undefined && mustVote()) {
        end = 'yielded';
        break;
      }
      if (++count % commandsPerLook === 0) {
        if (this.#look() - start > maxTurnMs) {
          end = 'yielded';
          break;
        }
      }
      if (!outcomes.hasRoom || !this.#settle(next)) {
        end = 'log-full';
        break;
      }
      queue.shift();
      admission.release(next.command);
    }
    committer.publish();
    // Readers that are waited for must be awake to make room.
    if (end === 'log-full') doorbell.ring();
    else doorbell.changed();
    return end;
  }

  /** Whether a decided transaction waits for room. */
  get isPending(): boolean {
    return this.#pending !== undefined;
  }

  /** Whether the transaction that waited for room would find it now. */
  hasRoom(): boolean {
    return this.#pending === undefined || this.#deps.committer.fits(this.#pending);
  }

  /** Rejects everything that waits. */
  abandon(error: Error): void {
    const { queue, admission } = this.#deps;
    const pending = this.#pending;
    this.#pending = undefined;
    const waiting = queue.takeAll();
    tellAll(waiting, ({ reject }) => reject(error));
    if (pending !== undefined) admission.discard(pending);
    for (const { command } of waiting) admission.release(command);
  }

  /** Brings one command to its end. False when the log has no room for it yet. */
  #settle(queued: QueuedCommand): boolean {
    const { committer, counters, admission, outcomes } = this.#deps;
    const { command, at } = queued;
    const decision = this.#pending ?? this.#decide(command, at);
    if (decision instanceof PanoptesError) {
      counters.rejected++;
      outcomes.reject(queued, decision);
      return true;
    }
    if (decision.changes.length > 0 && !committer.fits(decision)) {
      this.#pending = decision;
      return false;
    }
    this.#pending = undefined;
    const seq = this.#commit(decision, queued);
    outcomes.resolve(queued, resultOf(command, decision, seq), seq);
    admission.discard(decision);
    return true;
  }

  /** The seq of a transaction, or the last one's when it changes nothing. */
  #commit(transaction: Transaction, queued: QueuedCommand): number {
    const { committer, counters } = this.#deps;
    if (transaction.changes.length === 0) {
      counters.unchanged++;
      return committer.seq;
    }
    const seq = committer.commit(transaction, queued);
    counters.countCommit(transaction.changes);
    return seq;
  }

  #decide(command: Command, at: number): Decision {
    const { admission } = this.#deps;
    return admission.admit(command, this.#monotonic) ?? admission.decide(command, at);
  }

  /** Looks at both clocks, which are one unless there is a simulation. Returns the machine's time. */
  #look(): number {
    const { clock, stopwatch } = this.#deps;
    const now = stopwatch.monotonic();
    this.#monotonic = clock === stopwatch ? now : clock.monotonic();
    return now;
  }
}

/** What the loop depends on. */
export interface CommitLoopDeps {
  readonly admission: Admission;
  readonly committer: Committer;
  readonly doorbell: Doorbell;
  readonly queue: CommandQueue;
  readonly outcomes: Outcomes;
  readonly counters: RegistryCounters;
  /** Time of peers: rate limits go by its durations. */
  readonly clock: Clock;
  /** Time of the machine: the loop's own turns goes by it. */
  readonly stopwatch: Clock;
  /** Whether transactions must be voted on, which is `VotedCommit`'s work. */
  readonly mustVote: () => boolean;
}

/**
 * How a turn ended: nothing waits, the log has no room, critical observers have to vote, or the
 * event loop must have its turn.
 */
export type TurnEnd = 'idle' | 'log-full' | 'voting' | 'yielded';

/** Commands between two looks at the clock. */
const commandsPerLook = 64;
