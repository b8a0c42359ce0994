import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { describe } from '@panoptes/core';
import type { z } from 'zod';
import type { HistoryRecord, LifeFacts, RunEnding } from '../checkers/history.js';
import type { RecordOrigin } from '../checkers/history-checker.js';
import { howToReadMore, tooMuchInput, usualMaxInputBytes } from './input-file.js';
import { RecordDecoder } from './record-decoder.js';
import { RecordedLogError } from './recorded-log-error.js';
import {
  recordedEnding,
  recordedLife,
  recordedLogHeader,
  type RecordedLogHeader,
} from './recorded-log-header.js';
import {
  blockHeadBytes,
  blockMark,
  BlockOffset,
  fileMagic,
  filePrefixBytes,
  mostBlockBytes,
  mostHeaderBytes,
  nextLife,
  runItself,
} from './recorded-log-layout.js';

/** A recorded log, read from its beginning to its end; one block of it is in memory at a time. */
export class RecordedLogReader {
  #window = Buffer.alloc(0);
  #windowAt = 0;
  /** Next block of each incarnation, so that none is missing, repeated or out of place. */
  readonly #numbers = new Map<string, number>();

  private constructor(
    private readonly file: string,
    private readonly handle: FileHandle,
    private readonly sizeBytes: number,
  ) {}

  /**
   * Opens a recorded log, and closes it when `use` has settled.
   *
   * @param maxInputBytes - that are read at most
   * @throws {RecordedLogError} when there is no such file, or it is larger; and what `use` throws
   */
  static async with<T>(
    file: string,
    use: (reader: RecordedLogReader) => Promise<T>,
    maxInputBytes: number = usualMaxInputBytes,
  ): Promise<T> {
    let handle: FileHandle;
    try {
      handle = await open(file, 'r');
    } catch (cause) {
      throw new RecordedLogError({ file }, `cannot be opened (${(cause as Error).message})`, {
        cause,
      });
    }
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) {
        throw new RecordedLogError({ file }, 'expected a recorded log, got something else');
      }
      if (stat.size > maxInputBytes) {
        throw new RecordedLogError({ file }, `${tooMuchInput(maxInputBytes)}; ${howToReadMore}`);
      }
      return await use(new RecordedLogReader(file, handle, stat.size));
    } finally {
      await handle.close();
    }
  }

  /** @throws {RecordedLogError} when the file is no recorded log, or of another version */
  async header(): Promise<RecordedLogHeader> {
    const prefix = await this.#bytes(0, Math.min(filePrefixBytes, this.sizeBytes), 'magic');
    if (prefix.toString('latin1', 0, fileMagic.length) !== fileMagic) {
      this.#fail(0, 'magic', `expected a recorded log, got ${describe(prefix.toString('latin1'))}`);
    }
    if (prefix.length < filePrefixBytes) this.#fail(prefix.length, 'length', cutOff);
    const length = prefix.readUInt32LE(8);
    const crc = prefix.readUInt32LE(12);
    if (length > mostHeaderBytes) {
      this.#fail(8, 'length', `expected at most ${mostHeaderBytes}, got ${length}`);
    }
    const json = await this.#bytes(filePrefixBytes, length, 'header');
    if (crc32(json) !== crc) this.#fail(12, 'crc', damaged);
    return this.#json(recordedLogHeader, json, filePrefixBytes, 'header');
  }

  /** @throws {RecordedLogError} at the first block that is cut off, damaged or out of place */
  async *items(): AsyncGenerator<RecordedItem> {
    const header = await this.header();
    let hasEnded = false;
    for await (const { offset, block } of this.#blocks()) {
      const payload = block.subarray(blockHeadBytes);
      const at = offset + blockHeadBytes;
      const observer = block.readUInt32LE(BlockOffset.observer);
      if (observer === nextLife) {
        hasEnded = false;
        // All observers begin with their first incarnations.
        this.#numbers.clear();
        yield { life: this.#json(recordedLife, payload, at, 'life') };
        continue;
      }
      if (hasEnded) this.#fail(offset, 'observer', 'expected nothing after the run’s end');
      if (observer === runItself) {
        hasEnded = true;
        yield { ending: this.#json(recordedEnding, payload, at, 'ending') };
      } else {
        const name = header.facts.observers[observer]?.name;
        if (name === undefined) {
          const count = header.facts.observers.length;
          this.#fail(
            offset + BlockOffset.observer,
            'observer',
            `expected one of ${count} observers, got number ${observer}`,
          );
        }
        const origin = this.#originOf(block, name, offset);
        for (const record of new RecordDecoder(payload, this.file, at).records()) {
          yield { origin, record };
        }
      }
    }
  }

  /**
   * How far the log can be gone on with: up to the first block that is cut off or damaged, as the last one is
   * when its process was killed in the middle of a write.
   *
   * @throws {RecordedLogError} when the file is no recorded log, or of another version
   */
  async soundPart(): Promise<SoundPart> {
    const { facts } = await this.header();
    let { life } = facts;
    let bytes = await this.#headBytes();
    try {
      for await (const { offset, block } of this.#blocks()) {
        if (block.readUInt32LE(BlockOffset.observer) === nextLife) {
          const payload = block.subarray(blockHeadBytes);
          life = this.#json(recordedLife, payload, offset + blockHeadBytes, 'life');
        }
        bytes = offset + block.length;
      }
    } catch (error) {
      if (!(error instanceof RecordedLogError)) throw error;
    }
    return { bytes, life };
  }

  /** All blocks, their checksums checked. */
  async *#blocks(): AsyncGenerator<{ readonly offset: number; readonly block: Buffer }> {
    for (let offset = await this.#headBytes(); offset < this.sizeBytes;) {
      const block = await this.#block(offset);
      yield { offset, block };
      offset += block.length;
    }
  }

  /** Bytes before the first block. */
  async #headBytes(): Promise<number> {
    const prefix = await this.#bytes(0, filePrefixBytes, 'magic');
    return filePrefixBytes + prefix.readUInt32LE(8);
  }

  /** The block at an offset, its checksum checked. */
  async #block(offset: number): Promise<Buffer> {
    const head = await this.#bytes(offset, blockHeadBytes, 'block');
    const mark = head.readUInt32LE(BlockOffset.mark);
    if (mark !== blockMark) {
      this.#fail(offset, 'mark', `expected a block to begin, got ${mark.toString(16)}`);
    }
    const length = head.readUInt32LE(BlockOffset.length);
    if (length > mostBlockBytes) {
      const expected = `expected at most ${mostBlockBytes}, got ${length}`;
      this.#fail(offset + BlockOffset.length, 'length', expected);
    }
    const crc = head.readUInt32LE(BlockOffset.crc);
    const block = await this.#bytes(offset, blockHeadBytes + length, 'payload');
    if (crc32(block.subarray(BlockOffset.observer)) === crc) return block;
    return this.#fail(offset + BlockOffset.crc, 'crc', damaged);
  }

  #originOf(block: Buffer, observer: string, offset: number): RecordOrigin {
    const incarnation = block.readUInt32LE(BlockOffset.incarnation);
    const number = block.readUInt32LE(BlockOffset.number);
    const key = `${incarnation} ${observer}`;
    const expected = this.#numbers.get(key) ?? 0;
    if (number !== expected) {
      this.#fail(
        offset + BlockOffset.number,
        'number',
        `expected block ${expected} of incarnation ${incarnation} of ${observer}, got ${number}`,
      );
    }
    this.#numbers.set(key, number + 1);
    return { observer, incarnation, at: block.readDoubleLE(BlockOffset.at), offset };
  }

  /** Bytes of the file, from the window where it holds them. */
  async #bytes(offset: number, length: number, field: string): Promise<Buffer> {
    if (offset + length > this.sizeBytes) this.#fail(offset, field, cutOff);
    const from = offset - this.#windowAt;
    if (from >= 0 && from + length <= this.#window.length) {
      return this.#window.subarray(from, from + length);
    }
    const window = Buffer.alloc(Math.min(Math.max(length, windowBytes), this.sizeBytes - offset));
    let got = 0;
    while (got < window.length) {
      const { bytesRead } = await this.handle.read(window, got, window.length - got, offset + got);
      if (bytesRead === 0) this.#fail(offset + got, field, cutOff);
      got += bytesRead;
    }
    this.#window = window;
    this.#windowAt = offset;
    return window.subarray(0, length);
  }

  #json<T>(schema: z.ZodType<T>, bytes: Buffer, offset: number, field: string): T {
    let value: unknown;
    try {
      value = JSON.parse(bytes.toString('utf8'));
    } catch (cause) {
      this.#fail(offset, field, `expected JSON, got ${describe(bytes.toString('utf8'))}`, cause);
    }
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const { path, message } = result.error.issues[0]!;
    return this.#fail(offset, [field, ...path].map(String).join('.'), message);
  }

  #fail(offset: number, field: string, problem: string, cause?: unknown): never {
    throw new RecordedLogError({ file: this.file, offset, field }, problem, { cause });
  }
}

/** How much of the file is read at a time. */
const windowBytes = 1 << 20;

/**
 * A record with whose it is; or how the run ended; or that it goes on, with the registry's next life: then all
 * observers have begun anew.
 */
export type RecordedItem =
  | { readonly origin: RecordOrigin; readonly record: HistoryRecord }
  | { readonly ending: RunEnding }
  | { readonly life: LifeFacts };

/** What of a recorded log can be gone on with. */
export interface SoundPart {
  readonly bytes: number;
  /** The last life in it; undefined where there is but one. */
  readonly life: LifeFacts | undefined;
}

const cutOff = 'expected more bytes, got the end of the file: it seems to be cut off';
const damaged = 'expected the checksum of what follows, got another: it is damaged';
