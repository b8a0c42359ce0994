import { type LogRun, ReceivedRun, type RunOrigin, encodeRun } from '@panoptes/core/follower';
import { eachChange } from './run-changes.js';

/**
 * What one transaction of a store is made of: runs of the log, and of each peer that they change the
 * newest entry. A peer that changes a thousand times is written once.
 */
export class ChangeBatch {
  readonly #origin: RunOrigin;
  readonly #runs: BatchRun[] = [];
  /** By node id: where the newest entry is, as `place` says, or `gone`. */
  readonly #newest = new Map<string, number>();
  #bytes = 0;

  constructor(origin: RunOrigin) {
    this.#origin = origin;
  }

  /** The runs, in the run format, oldest first. */
  get runs(): readonly BatchRun[] {
    return this.#runs;
  }

  /** How many bytes of runs it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  get lastSeq(): number {
    return this.#runs.at(-1)!.lastSeq;
  }

  /** When its last transaction was handed in, Unix milliseconds. */
  get lastTime(): number {
    return this.#runs.at(-1)!.lastTime;
  }

  /**
   * Adds what was read from the log. It lies in memory that others can write into: each of its records is
   * held to its layout first, or a wrong one would be found only when the store is opened again.
   *
   * @throws {RunError} when it holds what no registry writes
   */
  add(run: LogRun): void {
    const bytes = encodeRun(run, this.#origin);
    const received = new ReceivedRun(bytes);
    const { firstSeq, lastSeq } = received.head;
    const index = this.#runs.length;
    let lastTime = 0;
    eachChange(received, (nodeId, base, isGone, time) => {
      this.#newest.set(nodeId, isGone ? gone : place(index, base));
      lastTime = time;
    });
    this.#runs.push({ bytes, received, firstSeq, lastSeq, lastTime });
    this.#bytes += bytes.length;
  }

  /**
   * Tells what is to be kept of each peer that changed.
   *
   * @param keep - is handed its encoded entry; undefined when the peer has gone
   */
  eachPeer(keep: (nodeId: string, entry: Buffer | undefined) => void): void {
    for (const [nodeId, at] of this.#newest) {
      if (at === gone) {
        keep(nodeId, undefined);
        continue;
      }
      const { u8, u32 } = this.#runs[Math.floor(at / placeUnits)]!.received;
      const base = at % placeUnits;
      keep(nodeId, u8.subarray(base, base + u32[base >>> 2]!));
    }
  }

  clear(): void {
    this.#runs.length = 0;
    this.#newest.clear();
    this.#bytes = 0;
  }
}

/** One run of a batch. */
export interface BatchRun {
  readonly bytes: Buffer;
  readonly received: ReceivedRun;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly lastTime: number;
}

/** A run is shorter than this. */
const placeUnits = 2 ** 32;
const place = (run: number, base: number): number => run * placeUnits + base;
const gone = -1;
