import { types } from 'node:util';
import { isA, messageOf, printable } from '@panoptes/core';

/**
 * What an observer answered, as a text to be read: in the manner of JSON, with words for what JSON has none
 * for. It is written only as far as the limit: of a large answer that takes a small part of what it took to
 * read it.
 *
 * @param value - a copy, as the answers to queries are: nothing in it runs code of the observer's
 * @param limit - most characters
 */
export function answerText(value: unknown, limit: number): AnswerText {
  const writer = new AnswerWriter(limit);
  try {
    writer.write(value, '');
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error;
    return { text: `${writer.text}…`, isCut: true };
  }
  return { text: writer.text, isCut: writer.isCut };
}

/** An answer as text, and whether that is all of it. */
export interface AnswerText {
  readonly text: string;
  readonly isCut: boolean;
}

/** Ends the writing wherever it is. */
class LimitReached extends Error {}

class AnswerWriter {
  text = '';
  isCut = false;
  readonly #limit: number;
  /** What is being written, from the outermost on. */
  readonly #within: object[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  write(value: unknown, indent: string): void {
    if (typeof value === 'object' && value !== null) this.#writeObject(value, indent);
    else if (typeof value === 'string') this.#addQuoted(value);
    else this.#add(typeof value === 'bigint' ? bigintText(value) : numberText(value));
  }

  #writeObject(value: object, indent: string): void {
    const bytes = bytesOf(value);
    if (bytes !== undefined) return this.#addBytes(bytes, value);
    if (types.isDate(value)) return this.#add(dateText(value));
    if (types.isRegExp(value)) return this.#add(printable(String(value).slice(0, this.#limit + 1)));
    if (isA(value, Error)) return this.#add(`Error: ${printable(messageOf(value))}`);
    if (types.isBoxedPrimitive(value)) return this.write(value.valueOf(), indent);
    if (this.#within.includes(value)) return this.#add('(itself)');
    if (this.#within.length >= mostDepth) {
      this.isCut = true;
      return this.#add('…');
    }
    this.#within.push(value);
    if (Array.isArray(value)) this.#writeAll('[', value, ']', indent);
    else if (ArrayBuffer.isView(value)) {
      this.#writeAll(`${nameOf(value)} [`, value as unknown as Iterable<unknown>, ']', indent);
    } else if (types.isSet(value)) this.#writeAll(`Set(${value.size}) {`, value, '}', indent);
    else if (types.isMap(value)) this.#writePairs(`Map(${value.size}) {`, value, ' => ', indent);
    else this.#writePairs('{', fieldsOf(value), ': ', indent);
    this.#within.pop();
  }

  #writeAll(open: string, values: Iterable<unknown>, close: string, indent: string): void {
    let isEmpty = true;
    this.#add(open);
    for (const value of values) {
      this.#add(isEmpty ? `\n${indent}  ` : `,\n${indent}  `);
      this.write(value, `${indent}  `);
      isEmpty = false;
    }
    this.#add(isEmpty ? close : `\n${indent}${close}`);
  }

  #writePairs(
    open: string,
    pairs: Iterable<readonly [unknown, unknown]>,
    between: string,
    indent: string,
  ): void {
    let isEmpty = true;
    this.#add(open);
    for (const [key, value] of pairs) {
      this.#add(isEmpty ? `\n${indent}  ` : `,\n${indent}  `);
      this.write(key, `${indent}  `);
      this.#add(between);
      this.write(value, `${indent}  `);
      isEmpty = false;
    }
    this.#add(isEmpty ? '}' : `\n${indent}}`);
  }

  #addQuoted(text: string): void {
    // Before it is copied.
    const part = text.slice(0, this.#limit - this.text.length + 1);
    this.#add(printable(JSON.stringify(part)));
  }

  #addBytes(bytes: Uint8Array, whole: object): void {
    const shown = Buffer.from(bytes.subarray(0, mostBytes)).toString('hex');
    if (bytes.length > mostBytes) this.isCut = true;
    const rest = bytes.length > mostBytes ? '…' : '';
    this.#add(`${nameOf(whole)}(${bytes.length}) ${shown}${rest}`.trimEnd());
  }

  #add(part: string): void {
    const left = this.#limit - this.text.length;
    if (part.length > left) {
      this.text += part.slice(0, Math.max(0, left)).toWellFormed();
      throw new LimitReached();
    }
    this.text += part;
  }
}

/** Its bytes, where it is a piece of memory. */
function bytesOf(value: object): Uint8Array | undefined {
  if (types.isUint8Array(value)) return value;
  if (types.isAnyArrayBuffer(value)) return new Uint8Array(value);
  if (types.isDataView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return undefined;
}

/** One by one: all of them at once could be many. */
function* fieldsOf(value: object): Generator<[string, unknown]> {
  for (const key in value) {
    if (Object.hasOwn(value, key)) yield [key, (value as Readonly<Record<string, unknown>>)[key]];
  }
}

/** What kind of memory it is, by what the runtime says, not by what it says itself. */
const nameOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);

const dateText = (date: Date): string =>
  Number.isNaN(date.getTime()) ? 'Invalid Date' : date.toISOString();

/** Decimal digits of a very large one take very long. */
const bigintText = (value: bigint): string =>
  value === BigInt.asIntN(mostBits, value)
    ? `${value}n`
    : `(a bigint of more than ${mostBits} bits)`;

const numberText = (value: unknown): string => (Object.is(value, -0) ? '-0' : String(value));

/** Nested deeper than anybody reads. */
const mostDepth = 32;
/** Bytes of a piece of memory that are shown. */
const mostBytes = 1_024;
/** Bits of a number that is shown. */
const mostBits = 1_024;
