import {
  EPOCH_UNITS,
  FLAG_MORE,
  KIND_PADDING,
  RECORD_HEADER_BYTES,
  RECORD_SHARE,
  TRANSACTION_SHARE,
  UNIT_BYTES,
  Word,
} from './log-layout.js';
import { overrun, refusedRecord, unfinished } from './log-protocol.js';
import { LogMarks } from './log-marks.js';
import { type LogMemory, type LogMoment, type LogPoint, recordUnits } from './log-memory.js';
import type { ReaderLines } from './reader-lines.js';

/**
 * The one writer of a log. For each transaction: `fits`, then `begin` and encode each of its records
 * in place. For each group of transactions: `publish`, then `Doorbell.changed`. The protocol and its
 * reasons stand in `log-layout.ts`. Nothing here allocates per record.
 *
 * Positions in fields are the wrapping low 32 bits: small integers, which V8 keeps unboxed.
 */
export class LogWriter {
  /** The data as bytes, words and numbers; `begin` says where to write. */
  readonly u8: Buffer;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
  readonly u64: BigUint64Array;
  /** Where readers can begin that know a seq. */
  readonly marks: LogMarks;
  /** How often it has gone on behind another transaction than its last. */
  skips = 0;

  readonly #words: Int32Array;
  readonly #lines: ReaderLines;
  readonly #units: number;
  readonly #claimAhead: number;
  readonly #maxRecord: number;
  readonly #maxTransaction: number;
  readonly #maxUnpublished: number;
  /** Where the next record goes. */
  #head: number;
  #published: number;
  #claimed: number;
  /** `#claimed` without wrap. */
  #claimedTotal: number;
  /** How far gating readers allowed to claim when last asked, and the lines' state then. */
  #limit: number;
  #limitChanges = -1;
  #seq: number;
  /** Of the last transaction; before the first, when the log began. */
  #time: number;
  /** Units of the transaction being written; 0 between transactions. */
  #transaction = 0;
  #isClosed = false;
  /** What the header says of itself. */
  readonly #header: Int32Array;

  /**
   * @param memory - a log with no other writer
   * @param lines - its readers
   * @param before - the transaction before its first, if there was one
   */
  constructor(
    memory: LogMemory,
    lines: ReaderLines,
    before: LastTransaction = { seq: 0, time: memory.began },
  ) {
    const { words, units } = memory;
    this.u8 = memory.u8;
    this.u32 = memory.u32;
    this.f64 = memory.f64;
    this.u64 = memory.u64;
    this.#words = words;
    this.#lines = lines;
    this.#seq = before.seq;
    this.#time = before.time;
    this.#units = units;
    this.#claimAhead = Math.min(CLAIM_BYTES / UNIT_BYTES, units * CLAIM_SHARE);
    this.#maxRecord = units * RECORD_SHARE;
    this.#maxTransaction = units * TRANSACTION_SHARE;
    this.#maxUnpublished = units * UNPUBLISHED_SHARE;
    this.#head = words[Word.published]!;
    this.#published = this.#head;
    this.#claimed = words[Word.claimed]!;
    this.#claimedTotal = words[Word.epoch]! * EPOCH_UNITS + (this.#claimed & (EPOCH_UNITS - 1));
    this.#limit = this.#head;
    this.#header = words.slice(0, Word.closed);
    this.marks = new LogMarks(units);
    this.marks.note(this.#position, this.#seq);
  }

  /** Whether nothing more will come. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The last seq written, published or not. */
  get lastSeq(): number {
    return this.#seq;
  }

  /** Bytes written since the start of this writer or of those before it, padding included. */
  get writtenBytes(): number {
    return this.#position * UNIT_BYTES;
  }

  /** Units before the next record. */
  get #position(): number {
    return this.#claimedTotal - ((this.#claimed - this.#head) | 0);
  }

  /**
   * Publishes what is complete and says where the log stands: where a reader starts whose snapshot
   * holds everything up to `lastSeq`. The header is put right as well: readers that a thread has
   * misled by writing into it come for a snapshot.
   *
   * @throws {LogProtocolError} inside a transaction
   */
  checkpoint(): LogMoment {
    this.publish();
    this.#restate();
    return { position: this.#position, seq: this.#seq, time: this.#time };
  }

  /** Whether what lies behind a point has not been written over. */
  holds({ position }: LogPoint): boolean {
    return this.#claimedTotal - position <= this.#units;
  }

  /**
   * Units that a transaction takes if it is written now, padding included: what `fits` wants.
   *
   * @param records - what becomes a record each, in order
   */
  transactionUnits(records: readonly { readonly payloadBytes: number }[]): number {
    let total = 0;
    for (const { payloadBytes } of records) {
      const units = recordUnits(payloadBytes);
      total += this.#padding(this.#head + total, units) + units;
    }
    return total;
  }

  /**
   * Whether gating readers leave room for so many more units. If not: `publish`, `Doorbell.ring`, and
   * wait with `ReaderProgress.moved`; readers cannot make room by reading what they cannot see.
   */
  fits(units: number): boolean {
    if (this.#limitChanges === this.#lines.changes && ((this.#limit - this.#head) | 0) >= units) {
      return true;
    }
    this.#askReaders();
    return ((this.#limit - this.#head) | 0) >= units;
  }

  /**
   * Starts a record: claims its space and writes its header. The caller then writes exactly
   * `payloadBytes` bytes at the offset returned, before anything else happens to the log.
   *
   * @param kind - 1 to 255, the caller's own
   * @param reason - 0 to 255, the caller's own
   * @param flags - 16 bits; `FLAG_MORE` on every record of a transaction but its last
   * @param seq - the last transaction's plus one, or the same while that one is unfinished
   * @param time - of the transaction, in Unix milliseconds; 0 for what has none
   * @returns where the payload goes: a byte offset into `u8`, a multiple of 8
   * @throws {LogProtocolError} when a rule is broken, or a gating reader would be overrun
   */
  begin(
    kind: number,
    reason: number,
    flags: number,
    seq: number,
    payloadBytes: number,
    time = 0,
  ): number {
    const units = recordUnits(payloadBytes);
    const transaction = this.#transaction + units;
    const expected = this.#transaction === 0 ? this.#seq + 1 : this.#seq;
    if (
      seq !== expected ||
      kind === KIND_PADDING ||
      units > this.#maxRecord ||
      transaction > this.#maxTransaction
    ) {
      const limits = { record: this.#maxRecord, transaction: this.#maxTransaction };
      throw refusedRecord({ kind, seq, payloadBytes, transaction }, expected, limits);
    }
    const padding = this.#padding(this.#head, units);
    const end = (this.#head + padding + units) | 0;
    if (((end - this.#claimed) | 0) > 0) this.#claim(end);
    let at = this.#head & (this.#units - 1);
    if (padding !== 0) {
      this.u32[at * 2] = padding;
      this.u32[at * 2 + 1] = KIND_PADDING;
      at = 0;
    }
    this.u32[at * 2] = units;
    this.u32[at * 2 + 1] = kind | (reason << 8) | (flags << 16);
    this.f64[at + 1] = seq;
    this.f64[at + 2] = time;
    this.#head = end;
    this.#seq = seq;
    this.#time = time;
    this.#transaction = (flags & FLAG_MORE) === 0 ? 0 : transaction;
    return at * UNIT_BYTES + RECORD_HEADER_BYTES;
  }

  /**
   * Shows readers everything written so far. They notice by themselves if awake; `Doorbell.changed`
   * wakes the others.
   *
   * @throws {LogProtocolError} inside a transaction
   */
  publish(): void {
    if (this.#transaction !== 0) throw unfinished(this.#seq);
    if (this.#published === this.#head) return;
    this.#published = this.#head;
    Atomics.store(this.#words, Word.published, this.#head);
    this.marks.note(this.#position, this.#seq);
  }

  /**
   * Goes on behind another transaction, later or earlier than the last one: all readers are overtaken, also
   * those that are waited for, and need a snapshot as of it or later.
   */
  skipTo(last: LastTransaction): void {
    this.publish();
    this.skips++;
    // A lap and a unit: whoever has read all there is, too, is one unit too far behind.
    const head = (this.#head + this.#units + 1) | 0;
    this.#claimedTotal += (head - this.#claimed) | 0;
    this.#head = this.#claimed = head;
    this.#seq = last.seq;
    this.#time = last.time;
    // The claim is seen first: who sees that there is more to read sees that it was overtaken.
    Atomics.store(this.#words, Word.epoch, Math.floor(this.#claimedTotal / EPOCH_UNITS));
    Atomics.store(this.#words, Word.claimed, head);
    this.publish();
    this.#lines.skipTo({ position: this.#position, seq: last.seq });
  }

  /** Publishes, then tells all readers that nothing more will come, and wakes them to hear it. */
  close(): void {
    this.publish();
    this.#isClosed = true;
    Atomics.store(this.#words, Word.closed, 1);
    // Flag or no flag: a reader looks at CLOSED after arming its wait, so it is armed or sees this.
    Atomics.notify(this.#words, Word.published);
  }

  /** Units to fill up at the end of the data, if the record would wrap. */
  #padding(position: number, units: number): number {
    const left = this.#units - (position & (this.#units - 1));
    return units > left ? left : 0;
  }

  /** Stores again all words of the header that only the writer may write. */
  #restate(): void {
    this.#words.set(this.#header);
    Atomics.store(this.#words, Word.closed, this.#isClosed ? 1 : 0);
    Atomics.store(this.#words, Word.epoch, Math.floor(this.#claimedTotal / EPOCH_UNITS));
    Atomics.store(this.#words, Word.claimed, this.#claimed);
    Atomics.store(this.#words, Word.published, this.#published);
  }

  #askReaders(): void {
    this.#limitChanges = this.#lines.changes;
    this.#limit = this.#lines.claimLimit(this.#head, this.#claimed);
  }

  /** Takes the space up to `end`, and some more if no gating reader minds. */
  #claim(end: number): void {
    // A group larger than the log would overtake readers with what they could not yet see.
    const atBoundary = this.#transaction === 0;
    if (atBoundary && ((this.#head - this.#published) | 0) > this.#maxUnpublished) this.publish();
    if (!this.fits((end - this.#head) | 0)) throw overrun(this.#seq + 1);
    const ahead = Math.min(this.#claimAhead, (this.#limit - end) | 0);
    const claimed = (end + ahead) | 0;
    this.#claimedTotal += (claimed - this.#claimed) | 0;
    this.#claimed = claimed;
    Atomics.store(this.#words, Word.epoch, Math.floor(this.#claimedTotal / EPOCH_UNITS));
    Atomics.store(this.#words, Word.claimed, claimed);
    // Loading it back keeps the plain stores to come behind the claim on ARM64 (see "Write" in
    // log-layout.ts). The result is used so that no compiler may drop the load. If it is another, an
    // observer writes what is not its own; that must not stop the registry.
    if (Atomics.load(this.#words, Word.claimed) !== claimed) this.#restate();
  }
}

/** What a log goes on from. */
export type LastTransaction = Pick<LogMoment, 'seq' | 'time'>;

/** Claimed ahead of need: so many bytes at most, and this share of the data at most. */
const CLAIM_BYTES = 64 * 1024;
const CLAIM_SHARE = 1 / 64;
/** Share of the data that may pile up before whole transactions are published without `publish`. */
const UNPUBLISHED_SHARE = 1 / 4;
