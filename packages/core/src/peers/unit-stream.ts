import { ConnectionBrokenError } from '../connection-errors.js';
import { type EntryMemory, copyWords, entryMemory } from './entry-layout.js';

/*
 * What crosses from one thread to another beside entries, in units of 8 bytes: a pair of words, a number,
 * or a text, which is a pair of words (its length, 0), its UTF-16 code units, and what fills up the last
 * unit. Any text of JavaScript comes back as it was, whether it has a form in UTF-8 or not.
 */

/** Longer texts are cut. No identity is as long, and messages about one do not show as much of it. */
export const mostTextLength = 8_192;

/** Writes units one after another into memory of its own. */
export class UnitWriter {
  readonly memory: EntryMemory;
  /** Bytes that were written. */
  length = 0;

  /** @param capacity - bytes that may be written; what writes must know that they are enough */
  constructor(capacity: number) {
    this.memory = entryMemory(new ArrayBuffer(capacity));
  }

  words(first: number, second = 0): void {
    const at = this.length >>> 2;
    this.memory.u32[at] = first;
    this.memory.u32[at + 1] = second;
    this.length += 8;
  }

  number(value: number): void {
    this.memory.f64[this.length >>> 3] = value;
    this.length += 8;
  }

  text(value: string): void {
    const text = value.slice(0, mostTextLength);
    this.words(text.length);
    this.memory.u8.write(text, this.length, 'utf16le');
    this.length += (2 * text.length + 7) & ~7;
  }
}

/**
 * Reads units that another thread wrote, from a copy of them that is the reader's own. Nothing in them is
 * believed.
 */
export class UnitReader {
  readonly memory: EntryMemory;
  /** Where the next unit is, and where they end, in bytes. */
  at = 0;
  end = 0;

  /** @param capacity - most bytes that are read at a time */
  constructor(capacity: number) {
    this.memory = entryMemory(new ArrayBuffer(capacity));
  }

  /** The first word of a pair; `second` is the other one. */
  words(): number {
    const at = this.#take(8) >>> 2;
    this.second = this.memory.u32[at + 1]!;
    return this.memory.u32[at]!;
  }
  second = 0;

  number(): number {
    return this.memory.f64[this.#take(8) >>> 3]!;
  }

  /** @throws {ConnectionBrokenError} when there is no text of that length */
  text(): string {
    const length = this.words();
    if (length > mostTextLength) throw new ConnectionBrokenError('a text came that is too long');
    const start = this.#take((2 * length + 7) & ~7);
    return this.memory.u8.toString('utf16le', start, start + 2 * length);
  }

  /** Copies all units that are left. */
  copyRest(target: EntryMemory, base: number): void {
    copyWords(this.memory, this.at, target, base, this.end - this.at);
    this.at = this.end;
  }

  /** @throws {ConnectionBrokenError} when there is more than was read */
  finish(): void {
    if (this.at !== this.end) throw new ConnectionBrokenError('a command came that has no end');
  }

  #take(bytes: number): number {
    const { at } = this;
    if (bytes > this.end - at) throw new ConnectionBrokenError('a command came that is cut off');
    this.at = at + bytes;
    return at;
  }
}
