import type { EntryMemory } from '../peers/entry-layout.js';
import { copyWords } from '../peers/entry-layout.js';

/*
 * Records from one thread to another: a ring in shared memory with one writer and one reader.
 *
 *   a record:  256 · units + kind, u32; id, u32; then its body. A unit is 8 bytes.
 *
 * A record never wraps the end of the data; a filler, of kind 0, takes what is left there. WRITTEN and
 * READ count units and wrap. Each side keeps its own position to itself and believes of the other's no
 * more than that it lies within the ring: who writes nonsense into the words is found out, or misleads
 * nobody but itself. The reader reads the head of a record once, and copies its body before it looks at it.
 */

/** A ring in shared memory. */
export interface RecordRing {
  /** Views of the memory that the ring is in. */
  readonly memory: EntryMemory;
  /** The same memory, for the positions. */
  readonly words: Int32Array;
  /** Where the positions are, in words. */
  readonly writtenAt: number;
  readonly readAt: number;
  /** Where the records are, in bytes. */
  readonly base: number;
  /** How many units there are; a power of two. */
  readonly units: number;
}

/** The kind of what is no record. */
export const fillerKind = 0;
const unitBytes = 8;
/** Bytes of a record before its body. */
const recordHeadBytes = unitBytes;

// Taken when this is loaded: other code of the thread may put others in their place.
const { load, store } = Atomics;

/** What is in a ring is not what its other side writes. */
class RecordRingError extends Error {
  override readonly name = 'RecordRingError';
}

/** The writer's end of a ring. */
export class RecordWriter {
  readonly #ring: RecordRing;
  #written = 0;
  #published = 0;
  /** How far the reader has come, as of the last look. */
  #read = 0;

  constructor(ring: RecordRing) {
    this.#ring = ring;
  }

  /**
   * Finds room for a record with a body of so many bytes, a multiple of 8. With its head it must be no
   * more than a quarter of the ring: with a filler before it, it then needs less than half, and who
   * waits for that has more to be read than what the reader may keep from it.
   *
   * @returns where the body is to be written, in bytes; -1 when there is no room now
   * @throws {RecordRingError} when the reader says that it has read what was not written
   */
  place(bodyBytes: number): number {
    const { units, base, memory } = this.#ring;
    const needed = 1 + bodyBytes / unitBytes;
    const at = this.#written & (units - 1);
    const filler = at + needed > units ? units - at : 0;
    if (!this.#hasRoom(filler + needed)) return -1;
    if (filler > 0) {
      memory.u32[(base >>> 2) + 2 * at] = filler << 8;
      this.#written = (this.#written + filler) | 0;
    }
    return base + unitBytes * (this.#written & (units - 1)) + recordHeadBytes;
  }

  /** Writes the head of the record whose body stands at its place; the reader sees it when it is published. */
  write(kind: number, id: number, bodyBytes: number): void {
    const { units, base, memory } = this.#ring;
    const length = 1 + bodyBytes / unitBytes;
    const at = (base >>> 2) + 2 * (this.#written & (units - 1));
    memory.u32[at] = (length << 8) | kind;
    memory.u32[at + 1] = id;
    this.#written = (this.#written + length) | 0;
  }

  /** Lets the reader see what was written. Returns whether that was anything. */
  publish(): boolean {
    if (this.#published === this.#written) return false;
    this.#published = this.#written;
    store(this.#ring.words, this.#ring.writtenAt, this.#written);
    return true;
  }

  #hasRoom(needed: number): boolean {
    const { units, words, readAt } = this.#ring;
    if (needed <= units - ((this.#written - this.#read) | 0)) return true;
    const read = load(words, readAt);
    const unread = (this.#written - read) | 0;
    if (unread < 0 || unread > units) {
      throw new RecordRingError('its reader claims to have read what was not written');
    }
    this.#read = read;
    return needed <= units - unread;
  }
}

/** The reader's end of a ring. Nothing that comes out of it is believed. */
export class RecordReader {
  /** Of the record that was found last. */
  kind = 0;
  id = 0;
  bodyBytes = 0;
  readonly #ring: RecordRing;
  #read = 0;
  #published = 0;
  /** How far the writer has come, as of the last look. */
  #written = 0;

  constructor(ring: RecordRing) {
    this.#ring = ring;
  }

  /**
   * Looks for the next record, a filler included.
   *
   * @returns whether there is one
   * @throws {RecordRingError} when what is there is none
   */
  find(): boolean {
    const { units, memory, base, words, writtenAt } = this.#ring;
    if (this.#written === this.#read) {
      this.#written = load(words, writtenAt);
      if (this.#written === this.#read) return false;
    }
    const filled = (this.#written - this.#read) | 0;
    if (filled < 0 || filled > units) throw new RecordRingError('more than the ring holds');
    const at = this.#read & (units - 1);
    const word = (base >>> 2) + 2 * at;
    const head = memory.u32[word]!;
    const length = head >>> 8;
    if (length === 0 || length > filled || length > units - at) {
      throw new RecordRingError(`a record of ${length} units, of ${filled} that were written`);
    }
    this.kind = head & 255;
    this.id = memory.u32[word + 1]!;
    this.bodyBytes = unitBytes * (length - 1);
    return true;
  }

  /** Copies the body of the record that was found. */
  copyBody(target: EntryMemory, at: number): void {
    const { units, memory, base } = this.#ring;
    const from = base + unitBytes * (this.#read & (units - 1)) + recordHeadBytes;
    copyWords(memory, from, target, at, this.bodyBytes);
  }

  /** Goes past the record that was found. */
  advance(): void {
    this.#read = (this.#read + 1 + this.bodyBytes / unitBytes) | 0;
  }

  /**
   * Gives the writer the room of what was read.
   *
   * @returns whether that is so much that it may be waiting for it
   */
  publish(): boolean {
    const { words, readAt, units } = this.#ring;
    store(words, readAt, this.#read);
    // A writer that found no room for a record waits for as much, see `RecordWriter.place`.
    if (((this.#read - this.#published) | 0) < units >>> 2) return false;
    this.#published = this.#read;
    return true;
  }
}
