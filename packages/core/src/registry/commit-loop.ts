import type { Clock } from '../clock.js';
import { PanoptesError, RateLimitError } from '../errors.js';
import type { Doorbell } from '../log/doorbell.js';
import type { PeerTable } from '../peers/peer-table.js';
import type { RateLimiter } from '../peers/rate-limit.js';
import type { RegistryCounters } from '../stats/registry-counters.js';
import {
  type BatchResult,
  type Command,
  type CommandResult,
  nodeIdOfStep,
  stagedEntries,
} from './commands.js';
import type { Committer } from './committer.js';
import { type Rules, decide } from './decide.js';
import type { StagedEntry, Staging } from './staging.js';
import type { Change } from './transaction.js';
import type { Waiting, WaitingRoom } from './waiting-room.js';

/** How a turn ended: nothing waits, the log has no room, or the event loop must have its turn. */
export type TurnEnd = 'idle' | 'log-full' | 'yielded';

/** Commands between two looks at the clock. */
const commandsPerLook = 64;
/** How long the loop keeps the thread to itself. */
const maxTurnMs = 4;

/** What the loop works with. */
export interface CommitParts {
  readonly table: PeerTable;
  readonly committer: Committer;
  readonly doorbell: Doorbell;
  readonly staging: Staging;
  readonly waitingRoom: WaitingRoom;
  readonly limiter: RateLimiter;
  readonly counters: RegistryCounters;
  readonly rules: Rules;
  /** Time of peers: expiry and rate limits go by it. */
  readonly clock: Clock;
  /** Time of the machine: the loop's own patience goes by it. */
  readonly stopwatch: Clock;
}

/**
 * Takes commands from the waiting room one after another, decides and commits them. Every turn
 * commits a whole group: what it wrote is published once, and only then do callers hear of it.
 */
export class CommitLoop {
  readonly #parts: CommitParts;
  /** Entries that a decision encoded beside those of its command. */
  readonly #encoded: StagedEntry[] = [];
  readonly #stage = (entry: unknown): StagedEntry => {
    const staged = this.#parts.staging.stage(entry);
    this.#encoded.push(staged);
    return staged;
  };
  /** A decided transaction that waits for room in the log. */
  #pending: readonly Change[] | undefined;
  /** The time of peers, as of the last look at the clock. */
  #now = 0;

  constructor(parts: CommitParts) {
    this.#parts = parts;
  }

  /** Commits what waits, until nothing does, the log is full or others must have their turn. */
  run(): TurnEnd {
    const { waitingRoom, committer, clock, stopwatch, doorbell } = this.#parts;
    const start = stopwatch.monotonic();
    this.#now = clock.now();
    let end: TurnEnd = 'idle';
    let count = 0;
    try {
      for (let next = waitingRoom.peek(); next !== undefined; next = waitingRoom.peek()) {
        if (++count % commandsPerLook === 0) {
          this.#now = clock.now();
          if (stopwatch.monotonic() - start > maxTurnMs) {
            end = 'yielded';
            break;
          }
        }
        if (!this.#settle(next)) {
          end = 'log-full';
          break;
        }
        waitingRoom.shift();
        this.#release(next.command);
      }
    } finally {
      // Also when a bug ends the loop: callers have been promised what was committed.
      committer.publish();
    }
    // Readers that are waited for must be awake to make room.
    if (end === 'log-full') doorbell.ring();
    else doorbell.changed();
    return end;
  }

  /** Whether the transaction that waited for room would find it now. */
  hasRoom(): boolean {
    return this.#pending === undefined || this.#parts.committer.fits(this.#pending);
  }

  /** Rejects everything that waits. */
  abandon(error: Error): void {
    const { waitingRoom } = this.#parts;
    this.#pending = undefined;
    for (let next = waitingRoom.peek(); next !== undefined; next = waitingRoom.peek()) {
      waitingRoom.shift();
      this.#release(next.command);
      next.reject(error);
    }
  }

  /** Brings one command to its end. False when the log has no room for it yet. */
  #settle({ command, resolve, reject }: Waiting): boolean {
    const { committer, counters } = this.#parts;
    const changes = this.#pending ?? this.#decide(command);
    if (changes instanceof PanoptesError) {
      counters.rejected++;
      reject(changes);
      return true;
    }
    if (changes.length === 0) {
      counters.unchanged++;
      resolve(resultOf(command, changes, committer.seq));
      return true;
    }
    if (!committer.fits(changes)) {
      this.#pending = changes;
      return false;
    }
    this.#pending = undefined;
    const seq = committer.commit(changes);
    counters.countCommit(changes);
    resolve(resultOf(command, changes, seq));
    return true;
  }

  #decide(command: Command): readonly Change[] | PanoptesError {
    const { table, rules, committer } = this.#parts;
    const now = this.#now;
    const refusal = this.#admit(command, now);
    if (refusal !== undefined) return refusal;
    const decision = decide({ table, rules, now, stage: this.#stage }, command);
    if (decision.rejection !== undefined) return decision.rejection;
    return committer.refusal(decision.changes) ?? decision.changes;
  }

  #admit(command: Command, now: number): RateLimitError | undefined {
    const { limiter } = this.#parts;
    if (!limiter.isOn || command.kind === 'cleanup') return undefined;
    const steps = command.kind === 'batch' ? command.steps : [command];
    for (const step of steps) {
      const nodeId = nodeIdOfStep(step);
      const waitMs = limiter.take(nodeId, now);
      if (waitMs === 0) continue;
      const whose = nodeId === undefined ? '' : ` at peer '${nodeId}'`;
      return new RateLimitError(
        `more commands than the rate limits allow${whose}; try again in ${waitMs} ms`,
        waitMs,
      );
    }
    return undefined;
  }

  #release(command: Command): void {
    const { staging } = this.#parts;
    if (this.#encoded.length > 0) {
      for (const entry of this.#encoded) staging.release(entry);
      this.#encoded.length = 0;
    }
    if (command.kind === 'upsert') staging.release(command.entry);
    else for (const entry of stagedEntries(command)) staging.release(entry);
  }
}

function resultOf(
  command: Command,
  changes: readonly Change[],
  seq: number,
): CommandResult<'added' | 'updated' | 'removed'> | BatchResult {
  if (command.kind === 'batch' || command.kind === 'cleanup') return batchResult(changes, seq);
  // Evictions that a new peer causes come before it.
  const last = changes[changes.length - 1];
  return { seq, change: last === undefined ? 'unchanged' : pastTense[last.kind] };
}

const pastTense = { add: 'added', update: 'updated', remove: 'removed' } as const;

function batchResult(changes: readonly Change[], seq: number): BatchResult {
  const counts = { added: 0, updated: 0, removed: 0, evicted: 0 };
  for (const change of changes) {
    if (change.kind === 'add') counts.added++;
    else if (change.kind === 'update') counts.updated++;
    else if (change.reason === 'evicted') counts.evicted++;
    else counts.removed++;
  }
  return { seq, change: changes.length === 0 ? 'unchanged' : 'committed', ...counts };
}
