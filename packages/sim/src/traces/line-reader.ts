import { TextDecoder } from 'node:util';
import { TraceError } from './trace-error.js';
import type { TraceFile } from './trace-file.js';

/** The longest line that is taken, in bytes; what is longer is not a trace. */
export const longestLineBytes = 1 << 20;

/** One line without its end. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** Whether a line break follows; where none does, the file may have been cut off. */
  readonly ended: boolean;
}

const newline = 0x0a;

/**
 * Reads a file line by line, skipping blank ones. Holds one line and one piece of the file at most.
 *
 * @throws {TraceError} at a line that is too long or not UTF-8 text
 */
export async function* readLines(file: TraceFile): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  /** The beginning of a line whose end has not come yet. */
  let pieces: Buffer[] = [];
  let pending = 0;
  let number = 1;

  const keep = (piece: Buffer): void => {
    pending += piece.length;
    if (pending > longestLineBytes) {
      throw new TraceError(
        { file: file.name, line: number },
        `expected a line of at most ${longestLineBytes} bytes, got a longer one`,
      );
    }
    if (piece.length > 0) pieces.push(piece);
  };
  const finish = (): string => {
    const bytes = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    pieces = [];
    pending = 0;
    return decodeText(decoder, bytes, file.name, number);
  };

  for await (const chunk of file.chunks(() => number)) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
      keep(chunk.subarray(from, end));
      from = end + 1;
      const text = finish();
      if (text.trim() !== '') yield { number, text, ended: true };
      number++;
    }
    keep(chunk.subarray(from));
  }
  const text = finish();
  if (text.trim() !== '') yield { number, text, ended: false };
}

/** @throws {TraceError} when the bytes are not text */
function decodeText(decoder: TextDecoder, bytes: Buffer, file: string, line: number): string {
  let text: string | undefined;
  try {
    text = decoder.decode(bytes);
  } catch {
    // Said below, in the same words as for text with control characters.
  }
  // A NUL is valid UTF-8, but it is in no trace and in most binary files.
  if (text !== undefined && !text.includes('\0')) return text.replace(/\r$/, '');
  throw new TraceError({ file, line }, 'expected UTF-8 text, got binary data');
}
