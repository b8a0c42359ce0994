import { longestPieceBytes } from '../input/reading.js';
import { type JsonPath, pathText } from './json-path.js';
import { TraceError, type TracePosition } from './trace-error.js';

/**
 * Cuts one large JSON object into the entries it is made of, piece by piece as it is read, so that
 * no more than one of them is ever held. The entries themselves are left to `JSON.parse`.
 */
export class JsonSplitter {
  #phase: Phase = 'start';
  #line = 1;
  /** Of each object and list that is open, the key or position that was reached. */
  readonly #path: (string | number)[] = [];
  /** Whether the object that is open has had no key yet. */
  #isEmpty = true;
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
        return this.#openObject();
      case 'key':
        if (character === '}' && this.#isEmpty) return this.#close();
        if (character !== '"') this.#fail(code);
        return this.#begin(code);
      case 'colon':
        if (character !== ':') this.#fail(code);
        this.#phase = 'value';
        return false;
      case 'value':
        return this.#value(character, code);
      case 'element':
        if (character !== ']' || this.#path.at(-1) !== 0) return this.#begin(code);
        return this.#close();
      case 'after':
        return this.#separate(character, code);
      case 'end':
        return this.#fail(code);
    }
  }

  /** Lists and networks' objects are cut up; all else is one entry, however deep. */
  #value(character: string, code: number): boolean {
    const isCut =
      this.#path.length <= mostContainers &&
      this.#path.slice(0, -1).every((step) => containers.has(step));
    if (isCut && character === '[') {
      this.#path.push(0);
      this.#phase = 'element';
      return false;
    }
    if (isCut && character === '{' && containers.has(this.#path.at(-1)!)) return this.#openObject();
    return this.#begin(code);
  }

  #openObject(): false {
    this.#path.push('');
    this.#isEmpty = true;
    this.#phase = 'key';
    return false;
  }

  #separate(character: string, code: number): boolean {
    const step = this.#path.at(-1);
    if (character === ',') {
      if (typeof step === 'number') this.#path[this.#path.length - 1] = step + 1;
      this.#phase = typeof step === 'number' ? 'element' : 'key';
      return false;
    }
    if (character === (typeof step === 'number' ? ']' : '}')) return this.#close();
    return this.#fail(code);
  }

  #close(): false {
    this.#path.pop();
    this.#phase = this.#path.length === 0 ? 'end' : 'after';
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
    if (this.#length > longestPieceBytes) {
      throw new TraceError(
        { ...this.#position(), line: this.#startLine },
        `expected entries of at most ${longestPieceBytes} bytes, got a longer one`,
      );
    }
    this.#bytes!.push(piece);
  }

  #finish(lastPiece: Buffer, entries: JsonEntry[]): void {
    this.#keep(lastPiece);
    const bytes = Buffer.concat(this.#bytes!);
    this.#bytes = undefined;
    if (this.#phase === 'key') {
      this.#path[this.#path.length - 1] = this.#parseKey(bytes.toString('utf8'));
      this.#isEmpty = false;
      this.#phase = 'colon';
    } else {
      entries.push({ path: [...this.#path], line: this.#startLine, bytes });
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
    return { file: this.file, line: this.#line, field: pathText(this.#path) || undefined };
  }

  #fail(code: number): never {
    const got =
      code > 0x20 && code < 0x7f
        ? `'${String.fromCharCode(code)}'`
        : `byte 0x${code.toString(16).padStart(2, '0')}`;
    throw new TraceError(this.#position(), `expected ${expected[this.#phase]}, got ${got}`);
  }
}

/** A piece of a JSON document: what stands at a path in it, as long as it is not cut up further. */
export interface JsonEntry {
  readonly path: JsonPath;
  /** Number of the line it starts in, from 1. */
  readonly line: number;
  /** Its JSON. */
  readonly bytes: Buffer;
}

/** Objects that are cut up like the document itself: networks keep nodes and links in them. */
const containers: ReadonlySet<string | number> = new Set(['nodes', 'batadv']);
/** So deep; what is deeper is part of an entry. */
const mostContainers = 2;

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
