import { closeSync, openSync, readSync } from 'node:fs';
import { tooMuchInput, usualMaxInputBytes } from '@panoptes/testkit/model';
import { decodeUtf8, expectedText, withoutByteOrderMark } from './utf8.js';

/**
 * Reads a text: UTF-8, with or without a byte order mark. Never more of it than is allowed, so that a
 * device without an end is refused like a file that is too long.
 *
 * @param file - its path; `-` is standard input
 * @throws {NoTextError} when it is none
 * @throws {Error} when it cannot be read, or has more bytes than are read
 */
export function readTextFile(file: string, maxInputBytes: number = usualMaxInputBytes): string {
  return textOf(readBytes(file, Math.min(maxInputBytes, mostTextBytes)));
}

/** The longest text that is held whole, under any other limit: near the longest that Node takes. */
const mostTextBytes = 2 ** 28;

/** What was read is no text. */
export class NoTextError extends Error {
  /** @param line - from 1 */
  constructor(readonly line: number) {
    super(`line ${line}: ${expectedText}`);
  }
}

const pieceBytes = 2 ** 16;
const standardInput = 0;
const lineFeed = 0x0a;

/**
 * Reads the lines of a text that have ended, and not the beginning of one that was being written when
 * its writer stopped; see `readTextFile`.
 */
export function readWholeLines(file: string): string {
  const bytes = readBytes(file, mostTextBytes);
  return textOf(bytes.subarray(0, bytes.lastIndexOf(lineFeed) + 1));
}

function textOf(content: Buffer): string {
  const bytes = withoutByteOrderMark(content);
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new NoTextError(badLine(bytes));
  return text;
}

function readBytes(file: string, mostBytes: number): Buffer {
  const descriptor = file === '-' ? standardInput : openSync(file, 'r');
  const pieces: Buffer[] = [];
  let total = 0;
  try {
    for (;;) {
      const piece = Buffer.allocUnsafe(pieceBytes);
      const length = readSync(descriptor, piece);
      if (length === 0) return Buffer.concat(pieces);
      total += length;
      if (total > mostBytes) throw new Error(tooMuchInput(mostBytes));
      pieces.push(piece.subarray(0, length));
    }
  } finally {
    if (descriptor !== standardInput) closeSync(descriptor);
  }
}

/** Number of the first line that is no text. */
function badLine(bytes: Buffer): number {
  let number = 1;
  for (let from = 0; ; number++) {
    const end = bytes.indexOf(lineFeed, from);
    if (end === -1 || decodeUtf8(bytes.subarray(from, end)) === undefined) return number;
    from = end + 1;
  }
}
