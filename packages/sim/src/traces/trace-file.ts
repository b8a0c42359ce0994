import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { messageOf, TraceError, type TracePosition } from './trace-error.js';

const gzipMagic = Buffer.from([0x1f, 0x8b]);
/** How much of a file is looked at to tell what it is. */
const headBytes = 4096;

/**
 * A file that a trace is read from, unpacked on the way if it is gzip, whatever its name. Nothing
 * but the piece being read is held in memory.
 */
export class TraceFile {
  #bytesRead = 0;

  private constructor(
    /** As the user named it; errors carry it. */
    readonly name: string,
    readonly sizeBytes: number,
    private readonly packed: boolean,
  ) {}

  /** @throws {TraceError} when there is no such file, or it is none, or it is empty */
  static async open(name: string): Promise<TraceFile> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(name, 'r');
      const stat = await handle.stat();
      // A pipe or a device has no length and cannot be read twice, which telling the format needs.
      if (!stat.isFile())
        throw new TraceError({ file: name }, 'expected a file, got something else');
      if (stat.size === 0)
        throw new TraceError({ file: name }, 'expected a trace, got an empty file');
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
      const packed = bytesRead === 2 && buffer.equals(gzipMagic);
      return new TraceFile(name, stat.size, packed);
    } catch (error) {
      throw asTraceError(error, { file: name }, 'cannot be opened');
    } finally {
      await handle?.close();
    }
  }

  /** How much of the file has been read, from 0 to 1. */
  fractionRead(): number {
    return this.#bytesRead / this.sizeBytes;
  }

  /** The first bytes of the content, unpacked; at most 4 KiB. */
  async head(): Promise<Buffer> {
    for await (const chunk of this.#read(() => 1, headBytes)) return chunk.subarray(0, headBytes);
    return Buffer.alloc(0);
  }

  /**
   * The content, unpacked, from the beginning.
   *
   * @param line - how many lines the reader has come, for errors of the file itself
   * @throws {TraceError} when the file cannot be read or unpacked
   */
  chunks(line: () => number): AsyncGenerator<Buffer> {
    return this.#read(line);
  }

  async *#read(line: () => number, packedLimit?: number): AsyncGenerator<Buffer> {
    const raw = createReadStream(this.name, packedLimit === undefined ? {} : { end: packedLimit });
    this.#bytesRead = 0;
    raw.on('data', (chunk) => {
      this.#bytesRead += chunk.length;
    });
    raw.pause();
    const content = this.packed ? raw.pipe(createGunzip()) : raw;
    if (this.packed) raw.on('error', (error) => content.destroy(error));
    try {
      for await (const chunk of content as Readable) yield chunk as Buffer;
    } catch (error) {
      const doing = this.packed ? 'expected a whole gzip file' : 'cannot be read on';
      throw asTraceError(error, { file: this.name, line: line() }, doing);
    } finally {
      raw.destroy();
      content.destroy();
    }
  }
}

function asTraceError(error: unknown, position: TracePosition, problem: string): TraceError {
  if (error instanceof TraceError) return error;
  return new TraceError(position, `${problem} (${messageOf(error)})`, { cause: error });
}
