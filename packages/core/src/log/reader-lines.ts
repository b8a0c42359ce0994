import { LineWord, ReaderState, UNIT_BYTES, Word } from './log-layout.js';
import type { LogMemory, LogPoint } from './log-memory.js';
import { wakeMainThread } from './progress.js';

/**
 * The main thread's side of the reader lines: who owns which, whom the writer waits for, and what a
 * reader says about itself, readable even while its thread is stuck.
 *
 * A line belongs to one thread from `allocate` until `free`. Free it only when that thread has
 * ended: one that still runs would write its cursor into its successor's line.
 */
export class ReaderLines {
  readonly #words: Int32Array;
  readonly #lines: readonly Int32Array[];
  readonly #units: number;
  /**
   * Which incarnation has which line, and which of them the writer waits for. The lines say so too,
   * but their threads could write anything there: decisions made here go by these.
   */
  readonly #owners: (number | undefined)[];
  readonly #waitedFor = new Set<number>();
  /** Those that it waits for however long that takes. */
  readonly #neverPassed = new Set<number>();
  /** Those that it does not wait for just now, and will again. */
  readonly #passed = new Set<number>();
  /** Those that have not come past the point to which the log has skipped, and that point. */
  readonly #overtaken = new Set<number>();
  #skippedTo: LogPoint = { position: 0, seq: 0 };
  #gating: readonly Int32Array[] = [];
  #changes = 0;

  constructor(memory: LogMemory) {
    this.#words = memory.words;
    this.#units = memory.units;
    this.#lines = Array.from({ length: memory.readers }, (_, index) => memory.line(index));
    this.#owners = this.#lines.map(() => undefined);
  }

  /** Counts whatever may bring the writer's limit back: a reader placed, made gating or let go. */
  get changes(): number {
    return this.#changes;
  }

  /**
   * Takes a free line for a new incarnation that will start at `from`.
   *
   * @returns its number, or `undefined` when all lines are taken
   */
  allocate(incarnation: number, from: LogPoint): number | undefined {
    const index = this.#owners.indexOf(undefined);
    if (index === -1) return undefined;
    this.#owners[index] = incarnation;
    Atomics.store(this.#lines[index]!, LineWord.incarnation, incarnation);
    this.place(index, from);
    return index;
  }

  /**
   * Seats a reader that does not read just now at a new point: before its thread starts, or when it
   * was lapped and a snapshot at `from` is on its way. From then on a gating reader is waited for,
   * while it loads the snapshot too.
   */
  place(index: number, from: LogPoint): void {
    const line = this.#lines[index]!;
    this.#overtaken.delete(index);
    Atomics.store(line, LineWord.position, from.position | 0);
    Atomics.store(line, LineWord.seq, from.seq | 0);
    Atomics.store(line, LineWord.state, ReaderState.starting);
    this.#changed();
  }

  /**
   * Makes the writer wait for this reader, or stop waiting for it.
   *
   * @param gating - 'always': however long it takes; who says so has to end it
   */
  setGating(index: number, gating: boolean | 'always'): void {
    Atomics.store(this.#lines[index]!, LineWord.gating, gating === false ? 0 : 1);
    if (gating === false) this.#waitedFor.delete(index);
    else this.#waitedFor.add(index);
    if (gating === 'always') this.#neverPassed.add(index);
    else this.#neverPassed.delete(index);
    this.#passed.delete(index);
    this.#gating = this.#lines.filter((_, line) => this.#waitedFor.has(line));
    this.#changed();
  }

  isGating(index: number): boolean {
    return this.#waitedFor.has(index);
  }

  /** Whether the writer waits for it, but not for ever. */
  isPassable(index: number): boolean {
    return this.#waitedFor.has(index) && !this.#neverPassed.has(index);
  }

  /** Has the writer pass a reader that it waits for, until `restore`. */
  pass(index: number): void {
    this.setGating(index, false);
    this.#passed.add(index);
  }

  /** Waits again for a reader that was passed, unless something else was said of it since. */
  restore(index: number): void {
    if (this.#passed.has(index)) this.setGating(index, true);
  }

  /** Gives a line back, once the thread that had it has ended. */
  free(index: number): void {
    this.setGating(index, false);
    this.#lines[index]!.fill(0);
    this.#overtaken.delete(index);
    this.#owners[index] = undefined;
    this.#changed();
  }

  /**
   * The position up to which the writer may claim: the lowest gating reader's, plus the size of the
   * data. A gating reader that was overtaken (its deadline had passed) holds nothing until it is
   * placed again. Without any, one lap from `head`, so that the writer looks again every lap.
   *
   * @param head - where the writer writes next, low 32 bits
   * @param claimed - how far it has claimed, low 32 bits
   * @returns low 32 bits of a position, at most one lap from `head`
   */
  claimLimit(head: number, claimed: number): number {
    let room = this.#units;
    for (const line of this.#gating) {
      const cursor = Atomics.load(line, LineWord.position);
      if ((claimed - cursor) >>> 0 > this.#units) continue;
      const left = (cursor + this.#units - head) | 0;
      if (left < room) room = left;
    }
    return (head + room) | 0;
  }

  /**
   * The cursor: the last seq that the reader has finished. Exact while it is less than 2^31 behind,
   * more than half an hour of the fastest writer. One that claims more than was ever written is
   * believed as far as the log goes: it deceives only those who rely on that observer.
   *
   * @param lastSeq - the last seq written, not an earlier one; the upper bits come from it
   */
  cursor(index: number, lastSeq: number): number {
    const low = Atomics.load(this.#lines[index]!, LineWord.seq);
    const cursor = Math.max(0, lastSeq - Math.max(0, (lastSeq - low) | 0));
    return this.#isOvertaken(index) ? Math.min(cursor, this.#skippedTo.seq - 1) : cursor;
  }

  /** The log goes on elsewhere: what readers have finished is before that, whatever its number was. */
  skipTo(point: LogPoint): void {
    this.#skippedTo = point;
    for (const [index, owner] of this.#owners.entries()) {
      if (owner !== undefined) this.#overtaken.add(index);
    }
    this.#changed();
  }

  /** Whether a reader has not come past where the log has skipped to. */
  #isOvertaken(index: number): boolean {
    if (this.#overtaken.size === 0 || !this.#overtaken.has(index)) return false;
    const position = Atomics.load(this.#lines[index]!, LineWord.position);
    if (((position - this.#skippedTo.position) | 0) < 0) return true;
    this.#overtaken.delete(index);
    return false;
  }

  /**
   * Where the reader is, without wrap: exact while it is less than 32 GiB behind.
   *
   * @param head - where the writer is; the upper bits come from it
   */
  position(index: number, head: number): number {
    return head - ((head - Atomics.load(this.#lines[index]!, LineWord.position)) >>> 0);
  }

  /** Bytes published that the reader has not copied yet; past the log's size it will be lapped. */
  bytesBehind(index: number): number {
    const published = Atomics.load(this.#words, Word.published);
    const position = Atomics.load(this.#lines[index]!, LineWord.position);
    return ((published - position) >>> 0) * UNIT_BYTES;
  }

  /** Whether the reader waits for something to read: idle, not stuck. */
  isParked(index: number): boolean {
    return Atomics.load(this.#lines[index]!, LineWord.parked) === 1;
  }

  /** A number that changes whenever the reader's loop turns. */
  heartbeat(index: number): number {
    return Atomics.load(this.#lines[index]!, LineWord.heartbeat);
  }

  /** Transactions that the reader has finished since the line was allocated. */
  delivered(index: number): number {
    const line = this.#lines[index]!;
    const high = Atomics.load(line, LineWord.deliveredHigh) >>> 0;
    return high * 2 ** 32 + (Atomics.load(line, LineWord.deliveredLow) >>> 0);
  }

  /** Which incarnation has the line; 0 when it is free. */
  incarnation(index: number): number {
    return this.#owners[index] ?? 0;
  }

  state(index: number): ReaderState {
    return Atomics.load(this.#lines[index]!, LineWord.state) as ReaderState;
  }

  /** The line's words, indexed by `LineWord`, for statistics. */
  line(index: number): Int32Array {
    return this.#lines[index]!;
  }

  #changed(): void {
    this.#changes++;
    // The writer may have room now, and `settled` one reader less to wait for.
    wakeMainThread(this.#words);
  }
}
