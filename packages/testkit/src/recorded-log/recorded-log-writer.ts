import { closeSync, openSync, truncateSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { type Clock, ConfigError } from '@panoptes/core/observer';
import type { HistoryRecord, LifeFacts, RunEnding } from '../checkers/history.js';
import { RecordingFailure } from './recording-failure.js';
import { RecordEncoder } from './record-encoder.js';
import type { RecordedLogHeader } from './recorded-log-header.js';
import {
  blockBytes,
  blockHeadBytes,
  blockMark,
  BlockOffset,
  fileMagic,
  filePrefixBytes,
  nextLife,
  runItself,
} from './recorded-log-layout.js';
import type { HistorySink } from './witnessed.js';

/**
 * Begins a recorded log; what the file held is gone.
 *
 * @throws {ConfigError} when it cannot be written
 */
export function createRecordedLog(file: string, header: RecordedLogHeader): void {
  const json = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(filePrefixBytes);
  prefix.write(fileMagic, 'latin1');
  prefix.writeUInt32LE(json.length, 8);
  prefix.writeUInt32LE(crc32(json), 12);
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'w');
    writeWhole(descriptor, Buffer.concat([prefix, json]));
  } catch (cause) {
    throw new ConfigError(`the recording ${file} cannot be written: ${(cause as Error).message}`, {
      cause,
    });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Says at the end of a recorded log how the run ended. */
export function endRecordedLog(file: string, ending: RunEnding, at: number): void {
  appendJson(file, runItself, ending, at);
}

/**
 * Goes on with a recorded log in the next life of its registry.
 *
 * @param bytes - of the log that are right; what follows was cut off in the middle of a write
 * @throws what the system says when it cannot be written
 */
export function continueRecordedLog(
  file: string,
  bytes: number,
  life: LifeFacts,
  at: number,
): void {
  truncateSync(file, bytes);
  appendJson(file, nextLife, life, at);
}

function appendJson(file: string, observer: number, what: object, at: number): void {
  const json = Buffer.from(JSON.stringify(what));
  const block = Buffer.concat([Buffer.alloc(blockHeadBytes), json]);
  const descriptor = openSync(file, 'a');
  try {
    writeWhole(descriptor, sealed(block, { observer, incarnation: 0, number: 0, at }));
  } finally {
    closeSync(descriptor);
  }
}

/** Which incarnation is recorded. */
export interface RecordedIncarnation {
  /** The observer's place in the header's list. */
  readonly observer: number;
  readonly incarnation: number;
}

/**
 * Appends the history of one incarnation to a recorded log that others append to at the same time:
 * each block is one write to a file opened for appending, which the system keeps in one piece.
 * When a thread dies, what it has flushed is in the file, and whole. When the file cannot be written
 * any more, as on a full disk, the recording ends, and the run goes on.
 */
export class RecordedLogSink implements HistorySink {
  readonly #encoder = new RecordEncoder(blockHeadBytes);
  readonly #failure: RecordingFailure;
  readonly #incarnation: RecordedIncarnation;
  #descriptor: number | undefined;
  #number = 0;

  constructor(
    file: string,
    incarnation: RecordedIncarnation,
    private readonly clock: Pick<Clock, 'now'>,
  ) {
    this.#incarnation = { ...incarnation };
    this.#failure = RecordingFailure.of(file);
    try {
      this.#descriptor = openSync(file, 'a');
    } catch (error) {
      this.#failure.note(error);
    }
  }

  take(record: HistoryRecord): void {
    if (this.#failure.isThere) return;
    this.#encoder.put(record);
    if (this.#encoder.payloadBytes >= blockBytes) this.flush();
  }

  flush(): void {
    if (this.#encoder.payloadBytes === 0) return;
    if (this.#descriptor !== undefined && !this.#failure.isThere) {
      const head = { ...this.#incarnation, number: this.#number++, at: this.clock.now() };
      try {
        writeWhole(this.#descriptor, sealed(this.#encoder.block, head));
      } catch (error) {
        this.#failure.note(error);
      }
    }
    this.#encoder.clear();
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

interface BlockHead extends RecordedIncarnation {
  readonly number: number;
  readonly at: number;
}

/** Fills in the head before a payload. */
function sealed(block: Buffer, { observer, incarnation, number, at }: BlockHead): Buffer {
  block.writeUInt32LE(blockMark, BlockOffset.mark);
  block.writeUInt32LE(block.length - blockHeadBytes, BlockOffset.length);
  block.writeUInt32LE(observer, BlockOffset.observer);
  block.writeUInt32LE(incarnation, BlockOffset.incarnation);
  block.writeUInt32LE(number, BlockOffset.number);
  block.writeDoubleLE(at, BlockOffset.at);
  block.writeUInt32LE(crc32(block.subarray(BlockOffset.observer)), BlockOffset.crc);
  return block;
}

/** A block in two writes might get another's between them: then none at all is the lesser evil. */
function writeWhole(descriptor: number, bytes: Buffer): void {
  const written = writeSync(descriptor, bytes);
  if (written !== bytes.length) {
    throw new Error(`only ${written} of ${bytes.length} bytes could be written`);
  }
}
