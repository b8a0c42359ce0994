import {
  FLAG_MORE,
  HEADER_UNITS,
  KIND_PADDING,
  UNIT_BYTES,
  flagsIn,
  kindIn,
} from './log-layout.js';
import { LogCorruptError } from './log-errors.js';
import type { LogMemory } from './log-memory.js';

/**
 * A run of whole transactions in a reader's private memory. Filled anew by each `LogReader.read`;
 * take the views from it each time, for they change when it grows.
 *
 * ```ts
 * for (let at = 0; at < run.length; at += run.u32[at >> 2]! * UNIT_BYTES) {
 *   if (run.u8[at + RecordOffset.kind] === KIND_PADDING) continue;
 *   const seq = run.f64[(at + RecordOffset.seq) >> 3];
 *   const payload = at + RECORD_HEADER_BYTES;
 * }
 * ```
 */
export class LogRun {
  /** The private memory, 8-aligned, as bytes, words and numbers. */
  u8!: Buffer;
  u32!: Uint32Array;
  f64!: Float64Array;
  u64!: BigUint64Array;
  /** Bytes from the start of the run to the end of its last whole transaction, paddings included. */
  length = 0;
  transactions = 0;
  /** Seqs of the first and the last transaction; of no meaning while `transactions` is 0. */
  firstSeq = 0;
  lastSeq = 0;

  readonly #usualUnits: number;
  #capacity = 0;
  #smallRuns = 0;

  /** @param usualUnits - how much is held while no transaction is larger */
  constructor(usualUnits: number) {
    this.#usualUnits = usualUnits;
    this.#allocate(usualUnits);
  }

  /** Copies units from the log, in two pieces when they wrap its end. What it says is not yet valid. */
  copy(log: LogMemory, position: number, units: number): void {
    this.#resize(units);
    const start = position & (log.units - 1);
    const first = Math.min(units, log.units - start);
    // Whole words, never numbers one by one: loading NaNs as f64 may change their bits.
    this.u32.set(log.u32.subarray(start * 2, (start + first) * 2));
    if (units > first) this.u32.set(log.u32.subarray(0, (units - first) * 2), first * 2);
  }

  /**
   * Finds the records in a copy that passed the second look, and the end of its last whole
   * transaction.
   *
   * @param units - how much was copied
   * @param lastSeq - the seq before the run's first
   * @returns whether there is at least one whole transaction
   * @throws {LogCorruptError} when a length or a seq cannot be
   */
  cut(units: number, lastSeq: number): boolean {
    const { u32, f64 } = this;
    this.length = this.transactions = 0;
    this.firstSeq = lastSeq + 1;
    let seq = lastSeq;
    let unfinished = false;
    for (let at = 0; at < units;) {
      const length = u32[at * 2]!;
      const head = u32[at * 2 + 1]!;
      const isPadding = kindIn(head) === KIND_PADDING;
      if (length < (isPadding ? 1 : HEADER_UNITS)) throw this.#corrupt(at, `a length of ${length}`);
      const end = at + length;
      if (end > units) break;
      if (!isPadding) {
        const expected = unfinished ? seq : seq + 1;
        seq = f64[at + 1]!;
        if (seq !== expected) throw this.#corrupt(at, `seq ${seq} where ${expected} was due`);
        unfinished = (flagsIn(head) & FLAG_MORE) !== 0;
        if (!unfinished) {
          this.length = end * UNIT_BYTES;
          this.transactions++;
          this.lastSeq = seq;
        }
      }
      at = end;
    }
    return this.transactions > 0;
  }

  #resize(units: number): void {
    if (units > this.#usualUnits) this.#smallRuns = 0;
    else if (this.#capacity > this.#usualUnits && ++this.#smallRuns >= RUNS_BEFORE_SHRINKING) {
      this.#allocate(this.#usualUnits);
    }
    if (units > this.#capacity) this.#allocate(units);
  }

  #allocate(units: number): void {
    const memory = new ArrayBuffer(units * UNIT_BYTES);
    this.u8 = Buffer.from(memory);
    this.u32 = new Uint32Array(memory);
    this.f64 = new Float64Array(memory);
    this.u64 = new BigUint64Array(memory);
    this.#capacity = units;
    this.#smallRuns = 0;
  }

  #corrupt(at: number, found: string): LogCorruptError {
    return new LogCorruptError(
      `the log holds ${found}, ${at * UNIT_BYTES} bytes into a run after seq ${this.firstSeq - 1}; ` +
        'was its memory written by anything but its writer?',
    );
  }
}

/** A buffer that grew for a large transaction shrinks again after so many runs that did not need it. */
const RUNS_BEFORE_SHRINKING = 64;
