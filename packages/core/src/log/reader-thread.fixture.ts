import { Worker } from 'node:worker_threads';
import type { LogMemory, LogPoint } from './log-memory.js';

/** What a reader thread found, in `log-reader.fixture.mjs`. */
export interface ReaderReport {
  /** Transactions whose every byte was checked. */
  readonly delivered: number;
  /** Transactions jumped over when it rejoined after being lapped. */
  readonly skipped: number;
  readonly lapped: number;
  /** Runs accepted by the reader that were not what had been written. */
  readonly torn: number;
  readonly loops: number;
  readonly problem: string | undefined;
}

interface ReaderThreadOptions {
  readonly from: LogPoint;
  readonly line?: number;
  readonly runBytes?: number;
  /** Never parks. */
  readonly spins?: boolean;
  /** Leaves out the look at the claim after the copy. */
  readonly blindSecondLook?: boolean;
}

/** Where the writer tells lapped readers to rejoin; what the snapshots do in the product. */
export class Board {
  readonly words = new BigInt64Array(new SharedArrayBuffer(8));
  readonly #from: LogPoint;

  constructor(from: LogPoint) {
    this.#from = from;
  }

  announce(point: LogPoint): void {
    const position = BigInt(point.position - this.#from.position);
    Atomics.store(this.words, 0, (position << 32n) | BigInt(point.seq - this.#from.seq));
  }
}

/** Starts a reader on a thread of its own; resolves when it is about to read. */
export async function startReader(
  memory: LogMemory,
  board: Board,
  options: ReaderThreadOptions,
): Promise<{ report: Promise<ReaderReport>; stop: () => void; exited: Promise<void> }> {
  const worker = new Worker(new URL('./log-reader.fixture.mjs', import.meta.url), {
    workerData: { ...options, buffer: memory.buffer, board: board.words },
  });
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const failed = new Promise<never>((_, reject) => worker.once('error', reject));
  const nextMessage = <Message>(): Promise<Message> =>
    Promise.race([new Promise<Message>((resolve) => worker.once('message', resolve)), failed]);
  await nextMessage<'started'>();
  const report = nextMessage<ReaderReport>();
  return { report, stop: () => worker.postMessage('stop'), exited };
}
