import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { messageOf } from '@panoptes/core/observer';
import { howToReadMore, tooMuchInput } from '@panoptes/testkit/model';
import { withoutByteOrderMark } from '../input/utf8.js';
import { startingWith } from './starting-with.js';
import { TraceError } from './trace-error.js';

/**
 * A file, pipe or device that a trace is read from, once and from its beginning; unpacked on the way
 * if it is gzip, under any name. Nothing but the piece being read is held in memory.
 */
export class TraceFile {
  readonly #content: AsyncGenerator<Buffer>;
  #head: Buffer = Buffer.alloc(0);
  #bytesRead = 0;
  #packed = false;
  #ended = false;
  #line = (): number => 1;

  private constructor(
    /** As the user named it; errors carry it. */
    readonly name: string,
    /** Undefined where that is not known before its end. */
    private readonly sizeBytes: number | undefined,
    private readonly raw: Readable,
    private readonly maxInputBytes: number,
  ) {
    this.#content = this.#bounded();
  }

  /**
   * @param path - of the file; `-` is standard input
   * @param maxInputBytes - unpacked bytes that are read at most
   * @throws {TraceError} when there is no such file, or it cannot be read, or it is empty
   */
  static async open(path: string, maxInputBytes: number): Promise<TraceFile> {
    const name = path === '-' ? 'standard input' : path;
    const sizeBytes = path === '-' ? undefined : await sizeOf(path);
    const raw = path === '-' ? process.stdin : createReadStream(path);
    const file = new TraceFile(name, sizeBytes, raw, maxInputBytes);
    await file.#readHead();
    return file;
  }

  /** The first bytes of the content, unpacked: its first line, or some 4 KiB. */
  get head(): Buffer {
    return this.#head.subarray(0, headBytes);
  }

  /** Lets go of a file that is not read on. */
  close(): void {
    this.raw.destroy();
  }

  /** How much of the file has been read, from 0 to 1; of a pipe nothing is known before its end. */
  fractionRead(): number {
    if (this.#ended || this.sizeBytes === undefined) return this.#ended ? 1 : 0;
    return Math.min(1, this.#bytesRead / this.sizeBytes);
  }

  /**
   * The content, unpacked, from the beginning. To be called once.
   *
   * @param line - how many lines the reader has come, for errors of the file itself
   * @throws {TraceError} when the file cannot be read or unpacked, or has more than is read
   */
  async *chunks(line: () => number): AsyncGenerator<Buffer> {
    this.#line = line;
    yield this.#head;
    yield* this.#content;
  }

  async #readHead(): Promise<void> {
    while (this.#head.length < headBytes && !hasLine(this.#head)) {
      const next = await this.#content.next();
      if (next.done === true) break;
      this.#head = Buffer.concat([this.#head, next.value]);
    }
    this.#head = withoutByteOrderMark(this.#head);
    if (this.#bytesRead > 0) return;
    throw new TraceError({ file: this.name }, 'expected a trace, got an empty file');
  }

  async *#bounded(): AsyncGenerator<Buffer> {
    let total = 0;
    try {
      for await (const chunk of await this.#unpacked()) {
        total += (chunk as Buffer).length;
        if (total > this.maxInputBytes) {
          throw this.#error(`${tooMuchInput(this.maxInputBytes)}; ${howToReadMore}`);
        }
        yield chunk as Buffer;
      }
      this.#ended = true;
    } catch (error) {
      if (error instanceof TraceError) throw error;
      const doing = this.#packed ? 'expected a whole gzip file' : 'cannot be read';
      throw this.#error(`${doing} (${messageOf(error)})`, error);
    } finally {
      this.raw.destroy();
    }
  }

  async #unpacked(): Promise<AsyncIterable<unknown>> {
    const pieces = this.#counted();
    let start = Buffer.alloc(0);
    while (start.length < gzipMagic.length) {
      const next = await pieces.next();
      if (next.done === true) break;
      start = Buffer.concat([start, next.value]);
    }
    const whole = startingWith([start], pieces);
    this.#packed = start.subarray(0, gzipMagic.length).equals(gzipMagic);
    // What fails on either side destroys the other, and is thrown where the last is read.
    return this.#packed ? pipeline(Readable.from(whole), createGunzip(), () => undefined) : whole;
  }

  async *#counted(): AsyncGenerator<Buffer> {
    for await (const chunk of this.raw) {
      this.#bytesRead += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  }

  #error(problem: string, cause?: unknown): TraceError {
    return new TraceError({ file: this.name, line: this.#line() }, problem, { cause });
  }
}

const gzipMagic = Buffer.from([0x1f, 0x8b]);
/** How much of a file is looked at to tell what it is, unless a line ends before. */
const headBytes = 4096;

/** Whether a line that is not blank has ended. */
const hasLine = (head: Buffer): boolean => /\S[^\n]*\n/.test(head.toString('latin1'));

/** Undefined for what has no length: a pipe, a device. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw new TraceError({ file: path }, 'expected a file, got a folder');
    return stats.isFile() && stats.size > 0 ? stats.size : undefined;
  } catch (error) {
    if (error instanceof TraceError) throw error;
    throw new TraceError({ file: path }, `cannot be opened (${messageOf(error)})`, {
      cause: error,
    });
  }
}
