import type { LogPoint } from './log-memory.js';
import type { LogRun } from './log-run.js';
import { type RunOrigin, encodeRun } from './run-format.js';

/**
 * The last runs that readers of one log on the same thread have put into the run format: each is encoded
 * once for all who come by the same place. Those who are too far apart for that encode their own.
 */
export class SharedRuns {
  readonly #origin: RunOrigin;
  /** By the positions at which they begin, the oldest first. */
  readonly #runs = new Map<number, SharedRun>();
  #bytes = 0;

  constructor(origin: RunOrigin) {
    this.#origin = origin;
  }

  /** Bytes of all that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The run that begins at a point, if it is kept. */
  from({ position }: LogPoint): SharedRun | undefined {
    return this.#runs.get(position);
  }

  /** Encodes what was read from one point to another, and keeps it as the newest. */
  encode(run: LogRun, from: LogPoint, end: LogPoint): SharedRun {
    const { firstSeq, lastSeq, transactions } = run;
    const shared = { firstSeq, lastSeq, transactions, end, bytes: encodeRun(run, this.#origin) };
    this.#drop(from.position);
    if (shared.bytes.length > mostBytes) return shared;
    this.#runs.set(from.position, shared);
    this.#bytes += shared.bytes.length;
    for (const oldest of this.#runs.keys()) {
      if (this.#bytes <= mostBytes) break;
      this.#drop(oldest);
    }
    return shared;
  }

  #drop(position: number): void {
    const run = this.#runs.get(position);
    if (run === undefined) return;
    this.#runs.delete(position);
    this.#bytes -= run.bytes.length;
  }
}

/** A run in the run format. Many may hold it at a time, so nobody writes to it. */
export interface SharedRun {
  readonly bytes: Buffer;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly transactions: number;
  /** Where the next begins. */
  readonly end: LogPoint;
}

/** Most that is kept, in bytes: what a log of the usual size holds, for readers are as far apart as that. */
const mostBytes = 16 * 1024 * 1024;
