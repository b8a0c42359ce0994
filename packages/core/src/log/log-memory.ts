import { ConfigError, describe } from '../errors.js';
import { defaultLogBytes, mostLogBytes } from '../limits.js';
import {
  EPOCH_UNITS,
  HEADER_BYTES,
  HEADER_UNITS,
  LINE_BYTES,
  LINE_WORDS,
  LOG_BYTES_MIN,
  LOG_MAGIC,
  LOG_VERSION,
  READERS_MAX,
  RECORD_HEADER_BYTES,
  RECORD_SHARE,
  TRANSACTION_SHARE,
  UNIT_BYTES,
  Word,
} from './log-layout.js';

/** A log's memory as one thread sees it. Made by `createLogMemory` or `attachLogMemory`. */
export class LogMemory {
  /** Hand this to other threads. */
  readonly buffer: SharedArrayBuffer;
  /** Header and reader lines. */
  readonly words: Int32Array;
  /** The data, as bytes, words and numbers; all of them show the same memory. */
  readonly u8: Buffer;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
  readonly u64: BigUint64Array;
  /** Size of the data in units. */
  readonly units: number;
  readonly readers: number;

  /** The words that say what it is, with their values; none on threads that were handed it. */
  #signature: readonly (readonly [number, number])[] = [];

  constructor(buffer: SharedArrayBuffer, logBytes: number, readers: number) {
    const data = HEADER_BYTES + readers * LINE_BYTES;
    this.buffer = buffer;
    this.readers = readers;
    this.units = logBytes / UNIT_BYTES;
    this.words = new Int32Array(buffer, 0, data / 4);
    this.u8 = Buffer.from(buffer, data, logBytes);
    this.u32 = new Uint32Array(buffer, data, logBytes / 4);
    this.f64 = new Float64Array(buffer, data, logBytes / 8);
    this.u64 = new BigUint64Array(buffer, data, logBytes / 8);
  }

  /** Notes what it is, as it was made. */
  sign(words: readonly number[]): void {
    this.#signature = words.map((word) => [word, this.words[word]!]);
  }

  /**
   * The buffer for one more thread, which is told what it is: an observer may have written over that,
   * and must not keep others from starting.
   */
  handOut(): SharedArrayBuffer {
    for (const [word, value] of this.#signature) this.words[word] = value;
    return this.buffer;
  }

  /** When the log begins, by the registry's clock. Unix milliseconds. */
  get began(): number {
    return new Float64Array(this.buffer, 4 * Word.began, 1)[0]!;
  }

  /** Whether the registry has a clock of its own, so that its records alone tell what time it is. */
  get hasOwnTime(): boolean {
    return this.words[Word.ownTime] === 1;
  }

  /** The words of one reader's line, indexed by `LineWord`. */
  line(index: number): Int32Array {
    if (!Number.isInteger(index) || index < 0 || index >= this.readers) {
      throw new ConfigError(
        `reader line: expected a number from 0 to ${this.readers - 1}, got ${index}; ` +
          'take it from ReaderLines.allocate',
      );
    }
    const start = HEADER_BYTES / 4 + index * LINE_WORDS;
    return this.words.subarray(start, start + LINE_WORDS);
  }
}

/** A place in the log: everything up to and including transaction `seq` lies before `position`. */
export interface LogPoint {
  /** Units of 8 bytes since the log was made; not wrapped, exact to 2^53. */
  readonly position: number;
  readonly seq: number;
}

/** A point of the log, and when transaction `seq` was handed in; before the first, when the log began. */
export interface LogMoment extends LogPoint {
  /** Unix milliseconds. */
  readonly time: number;
}

/** The memory of a log, to be handed to other threads; `attachLogMemory` opens it. */
export type LogBuffer = SharedArrayBuffer;

/** How to make a log. */
export interface LogMemoryOptions {
  /** Size of the data in bytes, a power of two from 4 KiB to 1 GiB. */
  readonly logBytes?: number;
  /** How many readers may have a line at the same time. */
  readonly readers?: number;
  /** Position of the first record, in units; tests start shortly before a wrap. */
  readonly startPosition?: number;
  /** When it begins, by the registry's clock. Unix milliseconds. */
  readonly began?: number;
  /** Whether that clock is another than the machine's. */
  readonly hasOwnTime?: boolean;
}

/** The default cap of 50 observers, as many again that end slowly, and some to spare. */
const DEFAULT_LOG_READERS = 128;

/**
 * Makes an empty log.
 *
 * @throws {ConfigError} when a size is not one the log can have
 */
export function createLogMemory({
  logBytes = defaultLogBytes,
  readers = DEFAULT_LOG_READERS,
  startPosition = 0,
  began = 0,
  hasOwnTime = false,
}: LogMemoryOptions = {}): LogMemory {
  checkSizes(logBytes, readers);
  if (!Number.isSafeInteger(startPosition) || startPosition < 0) {
    throw new ConfigError(
      `startPosition: expected a whole number of units from 0, got ${describe(startPosition)}`,
    );
  }
  const buffer = new SharedArrayBuffer(HEADER_BYTES + readers * LINE_BYTES + logBytes);
  const memory = new LogMemory(buffer, logBytes, readers);
  const { words } = memory;
  words[Word.magic] = LOG_MAGIC;
  words[Word.version] = LOG_VERSION;
  words[Word.logBytes] = logBytes;
  words[Word.readers] = readers;
  words[Word.ownTime] = hasOwnTime ? 1 : 0;
  new Float64Array(buffer, 4 * Word.began, 1)[0] = began;
  const { magic, version, logBytes: length, readers: lines, ownTime, began: moment } = Word;
  memory.sign([magic, version, length, lines, ownTime, moment, moment + 1]);
  words[Word.claimed] = startPosition | 0;
  words[Word.published] = startPosition | 0;
  words[Word.epoch] = Math.floor(startPosition / EPOCH_UNITS);
  return memory;
}

/**
 * Opens a log that another thread made.
 *
 * @throws {ConfigError} when the buffer is not a log of this version
 */
export function attachLogMemory(buffer: SharedArrayBuffer): LogMemory {
  if (!(buffer instanceof SharedArrayBuffer) || buffer.byteLength < HEADER_BYTES) {
    throw new ConfigError(
      `log memory: expected the SharedArrayBuffer of a log, got ${describe(buffer)}`,
    );
  }
  const header = new Int32Array(buffer, 0, HEADER_BYTES / 4);
  const magic = header[Word.magic]!;
  const version = header[Word.version]!;
  const logBytes = header[Word.logBytes]!;
  const readers = header[Word.readers]!;
  if (magic !== LOG_MAGIC || version !== LOG_VERSION) {
    throw new ConfigError(
      `log memory: expected a log of version ${LOG_VERSION}, got mark 0x${(magic >>> 0).toString(16)} ` +
        `and version ${version}; both threads must load the same release of @panoptes/core`,
    );
  }
  checkSizes(logBytes, readers);
  const expected = HEADER_BYTES + readers * LINE_BYTES + logBytes;
  if (buffer.byteLength !== expected) {
    throw new ConfigError(
      `log memory: expected ${expected} bytes for ${logBytes} of data and ${readers} readers, ` +
        `got ${buffer.byteLength}`,
    );
  }
  return new LogMemory(buffer, logBytes, readers);
}

/** Units that a record with so many bytes of payload takes, its header included. */
export const recordUnits = (payloadBytes: number): number =>
  HEADER_UNITS + ((payloadBytes + UNIT_BYTES - 1) >>> 3);

/** Largest payload of one record, in bytes. */
export const maxPayloadBytes = (logBytes: number): number =>
  logBytes * RECORD_SHARE - RECORD_HEADER_BYTES;

/**
 * Most units that the records of one transaction may take together (the sum of `recordUnits`).
 * With this limit it fits beside the padding that a wrap costs, so waiting for readers always ends.
 */
export const maxTransactionUnits = (logBytes: number): number =>
  (logBytes * TRANSACTION_SHARE) / UNIT_BYTES;

function checkSizes(logBytes: number, readers: number): void {
  const isPowerOfTwo = Number.isInteger(Math.log2(logBytes));
  if (!isPowerOfTwo || logBytes < LOG_BYTES_MIN || logBytes > mostLogBytes) {
    throw new ConfigError(
      `logBytes: expected a power of two from ${LOG_BYTES_MIN} to ${mostLogBytes}, ` +
        `got ${describe(logBytes)}`,
    );
  }
  if (!Number.isInteger(readers) || readers < 1 || readers > READERS_MAX) {
    throw new ConfigError(
      `readers: expected a whole number from 1 to ${READERS_MAX}, got ${describe(readers)}`,
    );
  }
}
