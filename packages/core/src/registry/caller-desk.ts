import { systemClock } from '../clock.js';
import { type CallerBuffer, createCallerBuffer } from '../log/caller-memory.js';
import type { PeerTable } from '../peers/peer-table.js';
import { tellAll } from '../tell-all.js';
import { inMicrotask, inNextTurn } from '../turns.js';
import { type CallerEnding, callerEnding } from './caller-ending.js';
import { CallerLine } from './caller-line.js';
import type { CallerSteps } from './caller-steps.js';
import type { CommandIntake } from './command-intake.js';

/**
 * Where callers on other threads hand in their commands. They take turns: a few commands of each, again
 * and again, for a part of a turn of the event loop; the rest of it is for their commit.
 */
export class CallerDesk {
  readonly #deps: CallerDeskDeps;
  readonly #lines = new Set<CallerLine>();
  /** Those that may have sent something, in the order of their turns. */
  readonly #ready = new Set<CallerLine>();
  /** Those that have outcomes which they cannot see yet. */
  readonly #answered = new Set<CallerLine>();
  #isTurnScheduled = false;
  #isPublishScheduled = false;
  readonly #turn = (): void => {
    this.#isTurnScheduled = false;
    this.#take();
  };
  readonly #publish = (): void => {
    this.#isPublishScheduled = false;
    const answered = [...this.#answered];
    this.#answered.clear();
    for (const line of answered) line.publish();
  };

  constructor(deps: CallerDeskDeps) {
    this.#deps = deps;
    deps.intake.whenClosed((reason) => tellAll([...this.#lines], (line) => line.close(reason)));
  }

  /** How many callers there are, connected or yet to be. */
  get size(): number {
    return this.#lines.size;
  }

  /**
   * Opens the way for one more caller.
   *
   * @param commandBytes - room for its commands, a power of two
   * @param ended - called when the registry's end is closed, unless the caller has left: what it is to be told
   * @throws {RegistryClosedError | RegistryFailedError} when the registry takes no more commands
   */
  open(commandBytes: number, ended: (ending: CallerEnding) => void): OpenedLine {
    const { intake, steps, table, maxBatchChanges } = this.#deps;
    if (intake.closed !== undefined) throw intake.closed;
    const buffer = createCallerBuffer(commandBytes);
    const line = new CallerLine(buffer, {
      intake,
      steps,
      table,
      maxBatchChanges,
      ready: this.#makeReady,
      answered: this.#noteAnswered,
      ended: (_, reason, unwritten) => {
        this.#lines.delete(line);
        this.#ready.delete(line);
        this.#answered.delete(line);
        if (reason !== undefined) ended(callerEnding(reason, unwritten));
      },
    });
    this.#lines.add(line);
    this.#makeReady(line);
    return { line, buffer, maxBatchChanges };
  }

  readonly #makeReady = (line: CallerLine): void => {
    if (!this.#lines.has(line)) return;
    this.#ready.add(line);
    this.#schedule();
  };

  readonly #noteAnswered = (line: CallerLine): void => {
    this.#answered.add(line);
    if (this.#isPublishScheduled) return;
    this.#isPublishScheduled = true;
    // After the turn that brought the outcomes about, and so after it has published what it wrote.
    inMicrotask(this.#publish);
  };

  #schedule(): void {
    if (this.#isTurnScheduled) return;
    this.#isTurnScheduled = true;
    inNextTurn(this.#turn);
  }

  #take(): void {
    const end = systemClock.monotonic() + maxTakeMs;
    const seen = new Set<CallerLine>();
    // One that has more comes to the end of the set, and so after all others.
    for (const line of this.#ready) {
      this.#ready.delete(line);
      seen.add(line);
      if (line.take()) this.#ready.add(line);
      if (this.#deps.intake.isFull || systemClock.monotonic() > end) break;
    }
    for (const line of seen) line.publish();
    if (this.#ready.size > 0) this.#schedule();
  }
}

/** What a desk depends on. */
export interface CallerDeskDeps {
  readonly intake: CommandIntake;
  readonly steps: CallerSteps;
  readonly table: PeerTable;
  readonly maxBatchChanges: number;
}

/** The way for one caller. */
export interface OpenedLine {
  readonly line: CallerLine;
  /** To be handed to the caller's thread. */
  readonly buffer: CallerBuffer;
  /** What a caller must know of the registry's rules. */
  readonly maxBatchChanges: number;
}

/** How long commands are taken for at a time, in milliseconds; what was taken is committed next. */
const maxTakeMs = 1;
