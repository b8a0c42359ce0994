import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { SharedNumbers, type SharedNumbersBuffer } from '@panoptes/core/observer';

/**
 * Whether a recording can be written on, for all threads that append to it: an observer is not to
 * suffer from a full disk, and after one block that is missing no other makes sense.
 */
export class RecordingFailure {
  /** The system's number of the first error; 0 while there is none. */
  readonly #number: SharedNumbers;

  private constructor(from: number | SharedNumbersBuffer) {
    this.#number = new SharedNumbers(from);
  }

  /** For threads that are started from now on, and this one. */
  static share(file: string): RecordingFailure {
    const failure = new RecordingFailure(1);
    setEnvironmentData(keyOf(file), failure.#number.buffer);
    return failure;
  }

  /** What was shared for a file. */
  static of(file: string): RecordingFailure {
    const shared = getEnvironmentData(keyOf(file)) as unknown as SharedNumbersBuffer | undefined;
    return new RecordingFailure(shared ?? 1);
  }

  /** Forgets what was shared for a file. */
  static forget(file: string): void {
    setEnvironmentData(keyOf(file), undefined);
  }

  get isThere(): boolean {
    return this.#number.get(0) !== 0;
  }

  /** The system's name of it, such as `ENOSPC`. */
  get name(): string {
    const number = this.#number.get(0);
    return number < 0 ? getSystemErrorName(number) : 'unknown';
  }

  /** Notes an error, unless there was one before. */
  note(error: unknown): void {
    const { errno } = (error ?? {}) as { errno?: unknown };
    // A write that was cut short found the disk full.
    const number = typeof errno === 'number' && errno < 0 ? errno : -constants.errno.ENOSPC;
    this.#number.claim(0, number);
  }
}

const keyOf = (file: string): string => `panoptes.recording.${file}`;
