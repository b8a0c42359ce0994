import {
  EncodedRun,
  type LogRun,
  type RunOrigin,
  eachChange,
  recordKind,
} from '@panoptes/core/follower';

/**
 * What one transaction of a store is made of: runs of the log, and of each peer that they change the
 * newest entry. A peer that changes a thousand times is written once.
 */
export class ChangeBatch {
  readonly #origin: RunOrigin;
  readonly #runs: BatchRun[] = [];
  /** By node id: where the newest entry is, as `place` says; of a peer that has gone, `gone` of that. */
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
   * Adds what was read from the log. It lies in memory that others can write into: what would be kept of a
   * peer is held to its layout by `eachPeer`, or a wrong entry would be found only when the store is opened
   * again; older entries of a peer, and what they were before, by whoever reads the runs.
   *
   * @throws {RunError} when its records have frames that no registry writes
   */
  add(run: LogRun): void {
    const encoded = new EncodedRun(run, this.#origin);
    const { firstSeq, lastSeq } = encoded.head;
    const index = this.#runs.length;
    let lastTime = 0;
    eachChange(encoded, (nodeId, base, kind, time) => {
      const at = place(index, base);
      this.#newest.set(nodeId, kind === recordKind.removed ? gone(at) : at);
      lastTime = time;
    });
    const { bytes } = encoded;
    this.#runs.push({ bytes, encoded, firstSeq, lastSeq, lastTime });
    this.#bytes += bytes.length;
  }

  /**
   * Tells what is to be kept of each peer that changed.
   *
   * @param keep - is handed its encoded entry; undefined when the peer has gone
   * @throws {RunError} when an entry is none that a registry writes
   */
  eachPeer(keep: (nodeId: string, entry: Buffer | undefined) => void): void {
    for (const [nodeId, newest] of this.#newest) {
      const at = newest < 0 ? gone(newest) : newest;
      const { encoded } = this.#runs[Math.floor(at / placeUnits)]!;
      const base = at % placeUnits;
      encoded.checkEntry(base);
      const entry = encoded.u8.subarray(base, base + encoded.u32[base >>> 2]!);
      keep(nodeId, newest < 0 ? undefined : entry);
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
  readonly encoded: EncodedRun;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly lastTime: number;
}

/** A run is shorter than this. */
const placeUnits = 2 ** 32;
const place = (run: number, base: number): number => run * placeUnits + base;
/** Turns a place into that of a peer that has gone, and back. */
const gone = (at: number): number => -1 - at;
