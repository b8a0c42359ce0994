import { LINE_WORDS, LineWord, ReaderState } from './log-layout.js';
import type { LogMemory, LogPoint } from './log-memory.js';
import { announceProgress } from './progress.js';

/**
 * What a reader says of itself to the main thread, in its line. Usually the `LogReader` that reads says
 * it; a relay reads with a line of its own and says here how far those have come for whom it reads.
 * Words are stored atomically, each by one thread.
 */
export class ReaderLine {
  /** Where its progress is announced, if it is anybody's concern. */
  readonly #words: Int32Array | undefined;
  readonly #line: Int32Array;
  /** Last seq that has been handled. */
  #cursor = 0;

  /**
   * @param line - its number, from `ReaderLines.allocate`. Without one it is in memory of its own that is
   *   never read: the atomic stores are needed all the same
   */
  constructor(log: LogMemory, line?: number) {
    this.#words = line === undefined ? undefined : log.words;
    this.#line = line === undefined ? new Int32Array(LINE_WORDS) : log.line(line);
  }

  /** Its reader follows the log from a point. */
  place({ position, seq }: LogPoint): void {
    this.#cursor = seq;
    Atomics.store(this.#line, LineWord.position, position | 0);
    Atomics.store(this.#line, LineWord.seq, seq | 0);
    this.state(ReaderState.following);
    this.heartbeat();
    this.#announce();
  }

  /**
   * What lies before a position is not needed any more: the writer may have the space.
   *
   * @param position - its low 32 bits
   */
  move(position: number): void {
    Atomics.store(this.#line, LineWord.position, position);
    this.#announce();
  }

  /** Moves the cursor: everything up to `seq` has been handled. */
  advance(seq: number): void {
    Atomics.store(this.#line, LineWord.seq, seq | 0);
    this.#countDelivered(seq - this.#cursor);
    this.#cursor = seq;
    this.heartbeat();
    this.#announce();
  }

  /** Shows that the loop turns. */
  heartbeat(): void {
    // A plain load: no other thread writes this word.
    Atomics.store(this.#line, LineWord.heartbeat, (this.#line[LineWord.heartbeat]! + 1) | 0);
  }

  /** Says whether it waits for something to read. */
  park(isParked: boolean): void {
    Atomics.store(this.#line, LineWord.parked, isParked ? 1 : 0);
  }

  state(state: ReaderState): void {
    Atomics.store(this.#line, LineWord.state, state);
  }

  #announce(): void {
    if (this.#words !== undefined) announceProgress(this.#words);
  }

  /** Adds to the line's 64-bit count. */
  #countDelivered(transactions: number): void {
    const line = this.#line;
    const low = (line[LineWord.deliveredLow]! >>> 0) + transactions;
    if (low >= 2 ** 32) Atomics.add(line, LineWord.deliveredHigh, 1);
    Atomics.store(line, LineWord.deliveredLow, low | 0);
  }
}
