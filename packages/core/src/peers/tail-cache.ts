import type { EntryLayout, EntryMemory } from './entry-layout.js';
import { hashOfEnd, lineOf } from './end-hash.js';

/**
 * The encoded tails of peers seen not long ago.
 *
 * A network's peers are seen again and again, and what changes then are numbers. The texts, keys and
 * lists of an entry make its tail; checking and writing them takes more than half of the time of
 * encoding it. So the tail of the last entry of a peer is kept, beside the values that it was made
 * of, and copied when the same values come again.
 *
 * A direct-mapped cache: a line for each value of a hash of the node id's end. A newcomer takes it once
 * some others have come since its tail was last of use: where peers that share a line are seen in turns,
 * one of them has it, instead of each losing it to the next, and nothing is kept for nothing. The values are texts, numbers and flags, which never change, so a line cannot grow stale.
 */
export class TailCache {
  readonly #fixedBytes: number;
  readonly #firstSlot: number;
  readonly #slots: number;
  readonly #lineWords: number;
  // Made when first needed: threads that only read entries need none.
  #values: unknown[][] = [];
  #words = new BigUint64Array(0);
  /** Bytes of a line's tail, filled up to 8; 0 when it holds none. */
  #bytes = new Uint16Array(0);
  /** How many others may come before a line is given away. */
  #stays = new Uint8Array(0);

  /** @param layout - of the entries whose tails it keeps */
  constructor({ numbers, bytes, fixedBytes }: EntryLayout) {
    this.#fixedBytes = fixedBytes;
    this.#firstSlot = 1 + numbers.length;
    this.#slots = bytes.length;
    this.#lineWords = bytes.length + mostBytes / 8;
  }

  /** The line for an entry, by the first value of its tail; of no meaning if that is no text. */
  lineOf(first: unknown): number {
    return typeof first === 'string' ? lineOf(hashOfEnd(first), lineBits) : 0;
  }

  /** Whether a line holds a tail. */
  has(line: number): boolean {
    return this.#bytes.length > 0 && this.#bytes[line] !== 0;
  }

  /** The values that a line's tail was made of. */
  valuesOf(line: number): readonly unknown[] {
    return this.#values[line]!;
  }

  /** Writes a line's tail into the entry at `base`, its slots included. Returns where the tail ends. */
  recall(line: number, { u64 }: EntryMemory, base: number): number {
    this.#stays[line] = mostOthers;
    const words = this.#words;
    const bytes = this.#bytes[line]!;
    let from = this.#lineWords * line;
    let to = (base >>> 3) + this.#firstSlot;
    for (let slot = 0; slot < this.#slots; slot++) u64[to++] = words[from++]!;
    to = (base >>> 3) + (this.#fixedBytes >>> 3);
    for (const end = from + (bytes >>> 3); from < end;) u64[to++] = words[from++]!;
    return base + this.#fixedBytes + bytes;
  }

  /**
   * Takes the tail of the entry at `base` into a line, if it is not too long, nor the line another one's
   * that stays.
   *
   * @param values - what it was made of, the node id first; the line keeps the list
   * @param end - where the entry ends, a multiple of 8
   * @returns a list for the next values, in place of the one that is kept, if it is
   */
  keep(
    line: number,
    values: unknown[],
    { u64 }: EntryMemory,
    base: number,
    end: number,
  ): unknown[] {
    const bytes = end - base - this.#fixedBytes;
    if (bytes > mostBytes || values.length > mostValues) return this.reusable(values);
    if (this.#bytes.length === 0) this.#allocate();
    if (this.#bytes[line] !== 0 && this.#values[line]![0] !== values[0]) {
      if (this.#stays[line]! > 0) {
        this.#stays[line]!--;
        return values;
      }
    }
    this.#stays[line] = mostOthers;
    const words = this.#words;
    let to = this.#lineWords * line;
    let from = (base >>> 3) + this.#firstSlot;
    for (let slot = 0; slot < this.#slots; slot++) words[to++] = u64[from++]!;
    for (from = (base >>> 3) + (this.#fixedBytes >>> 3); from < end >>> 3;)
      words[to++] = u64[from++]!;
    this.#bytes[line] = bytes;
    const free = this.#values[line] ?? [];
    this.#values[line] = values;
    return free;
  }

  /**
   * A list for the next values, which are put over the last ones: that of those, unless it grew long
   * for one entry. It must not end as that of a line, with all that it holds.
   */
  reusable(values: unknown[]): unknown[] {
    return values.length > mostValues ? [] : values;
  }

  #allocate(): void {
    this.#values = new Array<unknown[]>(1 << lineBits);
    this.#words = new BigUint64Array(this.#lineWords << lineBits);
    this.#bytes = new Uint16Array(1 << lineBits);
    this.#stays = new Uint8Array(1 << lineBits);
  }
}

/** Half as many again as the default cap of peers, in the next power of two. */
const lineBits = 14;
/** Bytes of the longest tail that is kept: an identity, some endpoints and protocols. */
const mostBytes = 320;
/** Most values that are kept of a tail. */
const mostValues = 64;
/** How many others may come for a line before its tail is of use again. */
const mostOthers = 8;
