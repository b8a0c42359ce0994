import { EPOCHS_BEHIND_MAX, EPOCH_UNITS, ReaderState, UNIT_BYTES, Word } from './log-layout.js';
import { LogCorruptError } from './log-errors.js';
import type { LogMemory, LogPoint } from './log-memory.js';
import { LogRun } from './log-run.js';
import { ReaderLine } from './reader-line.js';

/**
 * One reader of a log, on whatever thread: `follow` has the loop around it. While the writer keeps
 * ahead, `park` is never reached or returns at once: who has other duties on its thread must give the
 * event loop a turn by itself from time to time.
 */
export class LogReader {
  /** What the last `read` that returned 'events' found. */
  readonly run: LogRun;

  readonly #log: LogMemory;
  readonly #words: Int32Array;
  readonly #line: ReaderLine;
  readonly #runUnits: number;
  readonly #isAligned: boolean;
  /** Start of what has not been read: low 32 bits, and without wrap. */
  #position = 0;
  #positionTotal = 0;
  /** Last seq read. */
  #seq = 0;
  #stopped = false;

  constructor(log: LogMemory, options: LogReaderOptions) {
    const { from, line, runBytes = DEFAULT_RUN_BYTES, isAligned = false } = options;
    this.#log = log;
    this.#words = log.words;
    this.#line = new ReaderLine(log, line);
    this.#runUnits = Math.min(Math.ceil(runBytes / UNIT_BYTES), log.units / 2);
    this.#isAligned = isAligned;
    this.run = new LogRun(Math.ceil(this.#runUnits * (isAligned ? 1 + LEAST_ALIGNED : 1)));
    this.seek(from);
  }

  /** What has not been read begins here. */
  get point(): LogPoint {
    return { position: this.#positionTotal, seq: this.#seq };
  }

  /** The last seq read; everything up to it came in a run or in a snapshot. */
  get lastSeq(): number {
    return this.#seq;
  }

  /** Where what has not been read begins: low 32 bits of a position. */
  get position(): number {
    return this.#position;
  }

  /** Whether its loop is over: stopped, or the writer closed the log and all of it was read. */
  get ended(): boolean {
    // CLOSED first: what was published before it is then visible to the second load.
    const isClosed = Atomics.load(this.#words, Word.closed) === 1;
    return (
      this.#stopped || (isClosed && Atomics.load(this.#words, Word.published) === this.#position)
    );
  }

  /** Whether there is something to read, or will never be. One look, without any trace of it. */
  get hasMore(): boolean {
    return Atomics.load(this.#words, Word.published) !== this.#position || this.ended;
  }

  /** Goes on from another point: the snapshot's, after having been lapped. */
  seek(from: LogPoint): void {
    this.#move(from);
    this.#line.place(from);
  }

  /**
   * Leaves out what its owner has from elsewhere.
   *
   * @param to - a point further on, up to which all is published
   * @returns 'lapped', and is where it was, when `read` would
   */
  skip(to: LogPoint): 'events' | 'lapped' {
    if (this.#isLapped()) return this.#lapped();
    this.#move(to);
    this.heartbeat();
    this.#line.move(this.#position);
    return 'events';
  }

  /** Whether all that is published lies before a point. */
  isNewest({ position }: LogPoint): boolean {
    return Atomics.load(this.#words, Word.published) === (position | 0);
  }

  /**
   * Takes what has been published since the last call, up to about `runBytes` of it.
   *
   * @returns 'events': `run` holds them, until the next call. 'empty': there is nothing new.
   * 'lapped': the writer overtook this reader; only `seek` to a new snapshot helps.
   * @throws {LogCorruptError} when the log makes no sense: a bug
   */
  read(): 'events' | 'empty' | 'lapped' {
    const published = Atomics.load(this.#words, Word.published);
    if (this.#isLapped()) return this.#lapped();
    const available = (published - this.#position) | 0;
    if (available <= 0) {
      this.heartbeat();
      return 'empty';
    }
    for (
      let units = Math.min(available, this.#mostUnits());
      ;
      units = Math.min(available, units * 2)
    ) {
      this.run.copy(this.#log, this.#position, units);
      // This atomic store keeps the copy's plain loads from being delayed past the second look on
      // ARM64: an acquiring load alone lets earlier loads finish after it, a releasing store does not.
      this.heartbeat();
      if (this.#isLapped()) return this.#lapped();
      if (this.run.cut(units, this.#seq)) break;
      if (units === available) {
        throw new LogCorruptError(
          `after seq ${this.#seq}, ${units * UNIT_BYTES} bytes are published but no whole transaction`,
        );
      }
    }
    this.#move({
      position: this.#positionTotal + this.run.length / UNIT_BYTES,
      seq: this.run.lastSeq,
    });
    // The copy is all this reader needs: the writer may have the space while the handler works.
    this.#line.move(this.#position);
    return 'events';
  }

  /**
   * Moves the cursor: everything that was read has been handled, up to `seq`.
   *
   * @param seq - from the cursor to `lastSeq`
   */
  advance(seq = this.#seq): void {
    this.#line.advance(seq);
  }

  /** Shows that the loop turns. Called by everything here; a long handler may call it itself. */
  heartbeat(): void {
    this.#line.heartbeat();
  }

  /**
   * Waits until there may be more to read, or the log was closed, or this reader stopped; may also
   * return without a cause. Leaves the thread's event loop running, and does not keep it alive:
   * https://github.com/nodejs/node/issues/61941.
   *
   * The writer's doorbell wakes it. Why it is not missed: the wait is armed before SLEEPERS is
   * raised, and PUBLISHED and CLOSED are looked at after that (see "Park" in log-layout.ts).
   */
  async park(): Promise<void> {
    if (this.#stopped) return;
    const words = this.#words;
    // No timeout: its timer would stay when the wait ends before (https://github.com/nodejs/node/pull/44409).
    const wait = Atomics.waitAsync(words, Word.published, this.#position);
    if (!wait.async) return;
    this.#line.park(true);
    Atomics.store(words, Word.sleepers, 1);
    const isUnchanged =
      Atomics.load(words, Word.published) === this.#position &&
      Atomics.load(words, Word.closed) === 0;
    // If it changed, the armed wait is left behind: the ring for that change ends it, flag being up.
    if (isUnchanged) await wait.value;
    this.#line.park(false);
    this.heartbeat();
  }

  /** Ends the loop, from its own thread: `ended` until `goOn`, and a pending `park` returns. */
  stop(): void {
    this.#stopped = true;
    this.#line.state(ReaderState.stopped);
    // Its own wait is on this word. The others that wake find nothing and park again.
    Atomics.notify(this.#words, Word.published);
  }

  /** Lets the loop be entered again after `stop`; what was published meanwhile is read then. */
  goOn(): void {
    this.#stopped = false;
    this.#line.state(ReaderState.following);
  }

  #move({ position, seq }: LogPoint): void {
    this.#positionTotal = position;
    this.#position = position | 0;
    this.#seq = seq;
  }

  /** How much is copied at once from here. */
  #mostUnits(): number {
    if (!this.#isAligned) return this.#runUnits;
    const left = this.#runUnits - (this.#positionTotal % this.#runUnits);
    return left < this.#runUnits * LEAST_ALIGNED ? left + this.#runUnits : left;
  }

  #lapped(): 'lapped' {
    this.#line.state(ReaderState.lapped);
    this.heartbeat();
    return 'lapped';
  }

  /** Whether the writer may have overwritten what this reader would read next. */
  #isLapped(): boolean {
    const claimed = Atomics.load(this.#words, Word.claimed);
    if ((claimed - this.#position) >>> 0 > this.#log.units) return true;
    const epochs = Atomics.load(this.#words, Word.epoch) - this.#positionTotal / EPOCH_UNITS;
    return epochs > EPOCHS_BEHIND_MAX;
  }
}

/** How a reader follows a log. */
export interface LogReaderOptions {
  /** Where to start: the point of a snapshot. */
  readonly from: LogPoint;
  /** Its line, from `ReaderLines.allocate`. Without one the writer neither waits for it nor sees its cursor. */
  readonly line?: number;
  /** Copied at once, in bytes, unless a single transaction is larger. */
  readonly runBytes?: number;
  /**
   * Whether its runs end at multiples of `runBytes` of the log, or just before, wherever it began: then
   * readers that are not at the same place read the same runs all the same. Default: false.
   */
  readonly isAligned?: boolean;
}

/**
 * Amortizes a look at the claim over a hundred records, and leaves the second-level cache, which
 * readers share with the next thread on their processor, mostly to others.
 */
const DEFAULT_RUN_BYTES = 64 * 1024;
/**
 * A run that is aligned is no smaller than such a part of `runBytes`, or goes on to the next multiple: the
 * one before it ended short of its own by what is left of a transaction.
 */
const LEAST_ALIGNED = 1 / 4;
