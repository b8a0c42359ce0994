import { longestPieceBytes } from '../input/reading.js';
import { TraceError } from './trace-error.js';
import type { TraceFile } from './trace-file.js';

/** One line without its end. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Valid until the next line is asked for. */
  readonly bytes: Buffer;
  /** Whether a line break follows; where none does, the file may have been cut off. */
  readonly ended: boolean;
}

const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * Reads a file line by line, skipping blank ones. Holds one line and one piece of the file at most.
 *
 * @throws {TraceError} at a line that is too long
 */
export async function* readLines(file: TraceFile): AsyncGenerator<Line> {
  /** The beginning of a line whose end has not come yet. */
  let pieces: Buffer[] = [];
  let pending = 0;
  let number = 1;

  const keep = (piece: Buffer): void => {
    pending += piece.length;
    if (pending > longestPieceBytes) {
      throw new TraceError(
        { file: file.name, line: number },
        `expected a line of at most ${longestPieceBytes} bytes, got a longer one`,
      );
    }
    if (piece.length > 0) pieces.push(piece);
  };
  const finish = (): Buffer => {
    const bytes = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    pieces = [];
    pending = 0;
    return bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes;
  };

  for await (const chunk of file.chunks(() => number)) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
      keep(chunk.subarray(from, end));
      from = end + 1;
      const bytes = finish();
      if (!isBlank(bytes)) yield { number, bytes, ended: true };
      number++;
    }
    keep(chunk.subarray(from));
  }
  const bytes = finish();
  if (!isBlank(bytes)) yield { number, bytes, ended: false };
}

/** Spaces, tabs and the like are nothing. */
const isBlank = (bytes: Buffer): boolean =>
  bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
