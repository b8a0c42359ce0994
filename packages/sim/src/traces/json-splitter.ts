import { TraceError, type TracePosition } from './trace-error.js';

/** The longest member or element that is taken, in bytes. */
export const longestEntryBytes = 1 << 20;

/** A member of the outermost object, or an element of a list that is such a member. */
export interface JsonEntry {
  readonly key: string;
  /** Position in the list, from 0; undefined for a member that is no list. */
  readonly index: number | undefined;
  /** Number of the line it starts in, from 1. */
  readonly line: number;
  /** Its JSON. */
  readonly text: string;
}

type Phase = 'start' | 'key' | 'colon' | 'value' | 'element' | 'after' | 'end';

const expected: Record<Phase, string> = {
  start: "a JSON object, starting with '{'",
  key: 'a key in quotes',
  colon: "':' after the key",
  value: 'a value',
  element: "a value or ']'",
  after: "',' or the closing bracket",
  end: 'the end of the file',
};

const byte = (character: string): number => character.charCodeAt(0);
const quote = byte('"');
const backslash = byte('\\');
const openers = new Set([byte('{'), byte('[')]);
const closers = new Set([byte('}'), byte(']')]);
const spaces = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Cuts one large JSON object into the entries it is made of, piece by piece as it is read, so that
 * no more than one of them is ever held. The entries themselves are left to `JSON.parse`.
 */
export class JsonSplitter {
  #phase: Phase = 'start';
  #line = 1;
  #key = '';
  /** Position in the list that is being read, if one is. */
  #index: number | undefined;
  /** Bytes of the key or entry being read, if one is, and where it started. */
  #bytes: Buffer[] | undefined;
  #length = 0;
  #startLine = 1;
  #depth = 0;
  #inString = false;
  #escaped = false;

  constructor(private readonly file: string) {}

  /** The line that was reached, from 1. */
  get line(): number {
    return this.#line;
  }

  /**
   * @param chunk - the next piece of the file
   * @returns the entries that ended in it
   * @throws {TraceError} at the first byte that has no place
   */
  push(chunk: Buffer): JsonEntry[] {
    const entries: JsonEntry[] = [];
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const code = chunk[at]!;
      if (this.#bytes !== undefined) {
        const ended = this.#scan(code);
        if (ended === 'no') {
          if (code === 0x0a) this.#line++;
          continue;
        }
        // A bare number or word ends before the byte that ends it, all else with it.
        const end = ended === 'with' ? at + 1 : at;
        this.#finish(chunk.subarray(from, end), entries);
        if (ended === 'with') continue;
      }
      if (code === 0x0a) this.#line++;
      if (spaces.has(code) || !this.#step(code)) continue;
      from = at;
    }
    if (this.#bytes !== undefined) this.#keep(chunk.subarray(from));
    return entries;
  }

  /** @throws {TraceError} when the file ended too early */
  end(): void {
    if (this.#phase !== 'end') {
      throw new TraceError(
        this.#position(),
        `expected ${expected[this.#phase]}, got the end of the file`,
      );
    }
  }

  /** Moves on by one byte outside of keys and entries. Returns whether one starts here. */
  #step(code: number): boolean {
    const character = String.fromCharCode(code);
    switch (this.#phase) {
      case 'start':
        if (character !== '{') this.#fail(code);
        this.#phase = 'key';
        return false;
      case 'key':
        if (character === '}' && this.#key === '') return this.#close();
        if (character !== '"') this.#fail(code);
        return this.#begin(code);
      case 'colon':
        if (character !== ':') this.#fail(code);
        this.#phase = 'value';
        return false;
      case 'value':
        if (character !== '[') return this.#begin(code);
        this.#phase = 'element';
        this.#index = 0;
        return false;
      case 'element':
        if (character !== ']' || this.#index !== 0) return this.#begin(code);
        this.#index = undefined;
        this.#phase = 'after';
        return false;
      case 'after':
        return this.#separate(character, code);
      case 'end':
        return this.#fail(code);
    }
  }

  #separate(character: string, code: number): boolean {
    if (character === ',') {
      if (this.#index !== undefined) this.#index++;
      this.#phase = this.#index === undefined ? 'key' : 'element';
      return false;
    }
    if (character === ']' && this.#index !== undefined) {
      this.#index = undefined;
      return false;
    }
    if (character === '}' && this.#index === undefined) return this.#close();
    return this.#fail(code);
  }

  #close(): false {
    this.#phase = 'end';
    return false;
  }

  /** Begins a key or an entry with its first byte. */
  #begin(code: number): true {
    if (closers.has(code) || code === byte(',') || code === byte(':')) this.#fail(code);
    this.#bytes = [];
    this.#length = 0;
    this.#startLine = this.#line;
    this.#depth = openers.has(code) ? 1 : 0;
    this.#inString = code === quote;
    this.#escaped = false;
    return true;
  }

  /** Whether a byte ends what is being read: not, by being the last of it, or by not belonging. */
  #scan(code: number): 'no' | 'with' | 'before' {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (code === backslash) this.#escaped = true;
      else if (code === quote) {
        this.#inString = false;
        return this.#depth === 0 ? 'with' : 'no';
      }
      return 'no';
    }
    if (this.#depth === 0) {
      return spaces.has(code) || closers.has(code) || code === byte(',') ? 'before' : 'no';
    }
    if (code === quote) this.#inString = true;
    else if (openers.has(code)) this.#depth++;
    else if (closers.has(code) && --this.#depth === 0) return 'with';
    return 'no';
  }

  #keep(piece: Buffer): void {
    this.#length += piece.length;
    if (this.#length > longestEntryBytes) {
      throw new TraceError(
        { ...this.#position(), line: this.#startLine },
        `expected entries of at most ${longestEntryBytes} bytes, got a longer one`,
      );
    }
    this.#bytes!.push(piece);
  }

  #finish(lastPiece: Buffer, entries: JsonEntry[]): void {
    this.#keep(lastPiece);
    const text = Buffer.concat(this.#bytes!).toString('utf8');
    this.#bytes = undefined;
    if (this.#phase === 'key') {
      this.#key = this.#parseKey(text);
      this.#phase = 'colon';
    } else {
      entries.push({ key: this.#key, index: this.#index, line: this.#startLine, text });
      this.#phase = 'after';
    }
  }

  #parseKey(text: string): string {
    try {
      return JSON.parse(text) as string;
    } catch (error) {
      throw new TraceError(
        { file: this.file, line: this.#startLine },
        'expected a key that is JSON text, got something else',
        { cause: error },
      );
    }
  }

  #position(): TracePosition {
    const place = this.#index === undefined ? this.#key : `${this.#key}[${this.#index}]`;
    return { file: this.file, line: this.#line, field: place === '' ? undefined : place };
  }

  #fail(code: number): never {
    const got =
      code > 0x20 && code < 0x7f
        ? `'${String.fromCharCode(code)}'`
        : `byte 0x${code.toString(16).padStart(2, '0')}`;
    throw new TraceError(this.#position(), `expected ${expected[this.#phase]}, got ${got}`);
  }
}
