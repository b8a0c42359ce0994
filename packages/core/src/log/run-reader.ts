import type { FollowedReader } from './follower.js';
import type { LogMemory, LogPoint } from './log-memory.js';
import { LogReader } from './log-reader.js';
import type { SharedRun, SharedRuns } from './shared-runs.js';

/**
 * Reads a log in runs that are ready to be sent, and leaves the copying and encoding to whoever of those
 * that share them comes by first. Otherwise as a `LogReader` without a line.
 */
export class RunReader implements FollowedReader<SharedRun> {
  readonly #reader: LogReader;
  readonly #shared: SharedRuns;
  #run: SharedRun | undefined;

  constructor(log: LogMemory, from: LogPoint, shared: SharedRuns) {
    this.#reader = new LogReader(log, { from, runBytes, isAligned: true });
    this.#shared = shared;
  }

  /** What the last `read` that returned 'events' found. */
  get run(): SharedRun {
    if (this.#run === undefined) throw new Error('nothing has been read yet');
    return this.#run;
  }

  /** Where what has not been read begins: low 32 bits of a position. */
  get position(): number {
    return this.#reader.position;
  }

  get ended(): boolean {
    return this.#reader.ended;
  }

  get hasMore(): boolean {
    return this.#reader.hasMore;
  }

  /** Takes what has been published since the last call, as `LogReader.read`. */
  read(): 'events' | 'empty' | 'lapped' {
    const reader = this.#reader;
    const from = reader.point;
    const shared = this.#shared.from(from);
    // What was all there was is small; who comes later and finds more takes that, not one such after another.
    if (
      shared !== undefined &&
      (shared.bytes.length >= runBytes / 2 || reader.isNewest(shared.end))
    ) {
      const found = reader.skip(shared.end);
      if (found === 'events') this.#run = shared;
      return found;
    }
    const found = reader.read();
    if (found === 'events') this.#run = this.#shared.encode(reader.run, from, reader.point);
    return found;
  }

  seek(from: LogPoint): void {
    this.#reader.seek(from);
  }

  park(): Promise<void> {
    return this.#reader.park();
  }

  stop(): void {
    this.#reader.stop();
  }

  goOn(): void {
    this.#reader.goOn();
  }
}

/** Read at once, unless a single transaction is larger. */
const runBytes = 128 * 1024;
