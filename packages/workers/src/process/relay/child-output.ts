import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { type Cancel, systemClock } from '@panoptes/core/observer';
import { lastWordsMark, maxLastWordsBytes } from '../frames.js';

/**
 * Reads what a process prints, by lines, in bounded memory and at a bounded pace: who prints more than
 * that waits, and nobody else.
 */
export class ChildOutput {
  readonly #stream: Readable;
  readonly #decoder = new StringDecoder();
  readonly #line: (text: string) => void;
  #rest = '';
  #read = 0;
  #isHurrying = false;
  #cancel: Cancel | undefined;

  /** @param line - gets each line, with its end if it has one; long ones in parts */
  constructor(stream: Readable, line: (text: string) => void) {
    this.#stream = stream;
    this.#line = line;
    stream.on('data', (bytes: Buffer) => this.#take(bytes));
    stream.on('end', () => this.#flush());
    // It ends with its process, which is reported.
    stream.on('error', () => undefined);
  }

  /** The process has ended: what it had printed is read at once. */
  hurry(): void {
    this.#isHurrying = true;
    this.#cancel?.();
    this.#stream.resume();
  }

  /** Hands over what has come, and reads nothing more. */
  end(): void {
    this.#flush();
    this.#stream.destroy();
  }

  #take(bytes: Buffer): void {
    const text = this.#rest + this.#decoder.write(bytes);
    let start = 0;
    for (let end: number; (end = text.indexOf('\n', start)) !== -1; start = end + 1) {
      this.#line(text.slice(start, end + 1));
    }
    this.#rest = text.slice(start);
    if (
      this.#rest.length > (this.#rest.startsWith(lastWordsMark) ? maxLastWordsBytes : maxLineChars)
    )
      this.#flush();
    this.#pace(bytes.length);
  }

  #flush(): void {
    if (this.#rest !== '') this.#line(this.#rest);
    this.#rest = '';
  }

  /** Rests when much was read. */
  #pace(bytes: number): void {
    this.#read += bytes;
    if (this.#read < bytesAtOnce || this.#isHurrying) return;
    this.#read = 0;
    this.#stream.pause();
    this.#cancel = systemClock.after(restMs, () => this.#stream.resume(), { background: true });
  }
}

/** A line is handed over at the latest when it has so many characters. */
const maxLineChars = 4_096;
/** So much is read, and then nothing for a while: 20 MB a second at most. */
const bytesAtOnce = 1024 * 1024;
const restMs = 50;
