import { types } from 'node:util';
import { PeerValidationError } from '../errors.js';
import { maxEntryBytes } from './entry-layout.js';

/*
 * What the generated function of `entry-encoder.ts` calls for the parts of an entry that are no plain
 * slot: each checks what it was given and writes it at a place in the tail.
 */

/** Refuses the field at a path. */
export function fail(path: string, expected: string, given: unknown): never {
  throw new PeerValidationError(path, expected, given);
}

/** Refuses an entry that is too long. */
export function tooLarge(): never {
  throw new PeerValidationError('peer', `at most ${maxEntryBytes} bytes in all`, 'more');
}

/** Up to this length a loop over the characters is faster than a call into the runtime. */
const shortText = 128;

/** Writes a text as UTF-8. Returns where it ends. */
export function putText(
  u8: Buffer,
  at: number,
  value: unknown,
  minBytes: number,
  maxBytes: number,
  path: string,
): number {
  if (typeof value === 'string') {
    const length = value.length;
    if (length >= minBytes && length <= maxBytes) {
      if (length <= shortText) {
        let i = 0;
        for (; i < length; i++) {
          const code = value.charCodeAt(i);
          if (code === 0 || code > 127) break;
          u8[at + i] = code;
        }
        if (i === length) return at + length;
      }
      if (!value.includes('\0') && value.isWellFormed() && Buffer.byteLength(value) <= maxBytes) {
        return at + u8.write(value, at, 'utf8');
      }
    }
  }
  return fail(path, `text of ${minBytes} to ${maxBytes} bytes without NUL`, value);
}

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
const byteLength = Object.getOwnPropertyDescriptor(typedArray, 'byteLength')!;
const byteLengthOf = (bytes: Uint8Array): number => byteLength.get!.call(bytes) as number;

/**
 * A key that stays as it is: text, or a copy of the bytes. What is neither, and what is longer than it
 * may be, is refused when it is written.
 */
export function ownKey(value: unknown, maxBytes: number): unknown {
  // It looks behind the properties of the bytes, so a proxy or a subclass cannot change this.
  if (typeof value === 'string' || !types.isUint8Array(value)) return value;
  const length = byteLengthOf(value);
  if (length > maxBytes) return value;
  // Those that were handed to another thread cannot be copied: they are none any more.
  return length === 0 ? new Uint8Array() : new Uint8Array(value);
}

/** Writes a key, given in hex or as `ownKey` copied it. Returns where it ends. */
export function putHex(
  u8: Buffer,
  at: number,
  value: unknown,
  minBytes: number,
  maxBytes: number,
  path: string,
): number {
  if (typeof value === 'string') {
    const bytes = value.length >>> 1;
    if (bytes >= minBytes && bytes <= maxBytes && writeHex(u8, at, value)) return at + bytes;
  } else if (types.isUint8Array(value)) {
    const bytes = byteLengthOf(value);
    if (bytes >= minBytes && bytes <= maxBytes) {
      u8.set(value, at);
      return at + bytes;
    }
  }
  return fail(path, `${minBytes} to ${maxBytes} bytes, or as many in hex`, value);
}

/** The value of each hex character, 255 for every other one below 256. */
const hexValues = new Uint8Array(256).fill(255);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  hexValues[digit.charCodeAt(0)] = value;
  hexValues[digit.toUpperCase().charCodeAt(0)] = value;
}

/** Writes a text of hex digits as bytes; false when it is not one. */
function writeHex(u8: Buffer, at: number, text: string): boolean {
  // The runtime's own decoder would take characters past the table for those 256 before them.
  if ((text.length & 1) !== 0) return false;
  let seen = 0;
  for (let i = 0; i < text.length; i += 2) {
    // Past the table there is `undefined`, which `|` would take for 0.
    const high = hexValues[text.charCodeAt(i)] ?? 255;
    const low = hexValues[text.charCodeAt(i + 1)] ?? 255;
    seen |= high | low;
    u8[at + (i >> 1)] = (high << 4) | low;
  }
  return seen < 16;
}

const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);

/** Writes a number where it need not be aligned. */
export function putDouble(u8: Buffer, at: number, value: number): void {
  double[0] = value;
  for (let i = 0; i < 8; i++) u8[at + i] = doubleBytes[i]!;
}

/** Writes a count below 65,536 as four bytes. */
export function putCount(u8: Buffer, at: number, count: number): void {
  u8[at] = count;
  u8[at + 1] = count >>> 8;
  u8[at + 2] = 0;
  u8[at + 3] = 0;
}
