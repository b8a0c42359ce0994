import { ReceivedRun, eachChange, entryLength, recordKind } from '@panoptes/core/follower';

/**
 * What runs have made of the peers of a snapshot, without a look at that: of each peer that they changed the
 * newest entry. So a state is put together in little memory, however many peers there are.
 */
export class ChangedPeers {
  readonly #newest = new Map<string, Buffer | undefined>();
  #lastSeq: number;
  #lastTime: number;
  #peers: number;

  /** @param base - the snapshot's last transaction, its time, and how many peers it has */
  constructor(base: PeersBase) {
    this.#lastSeq = base.lastSeq;
    this.#lastTime = base.lastTime;
    this.#peers = base.peers;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** When the last transaction was handed in, Unix milliseconds. */
  get lastTime(): number {
    return this.#lastTime;
  }

  /** How many peers there are by now. */
  get peers(): number {
    return this.#peers;
  }

  get isEmpty(): boolean {
    return this.#newest.size === 0;
  }

  /**
   * Takes the next run. What it has of transactions that are in the snapshot is passed over.
   *
   * @param bytes - in the run format
   * @throws {RunError} when it is none that a registry writes
   */
  take(bytes: Uint8Array): void {
    const run = new ReceivedRun(bytes);
    for (const part of run.after(this.#lastSeq, Number.POSITIVE_INFINITY)) {
      eachChange(part, (nodeId, base, kind, time) => {
        const isGone = kind === recordKind.removed;
        const entry = isGone ? undefined : part.u8.subarray(base, base + entryLength(part, base));
        this.#keep(nodeId, entry);
        if (isGone) this.#peers--;
        else if (kind === recordKind.added) this.#peers++;
        this.#lastTime = time;
      });
    }
    this.#lastSeq = Math.max(this.#lastSeq, run.head.lastSeq);
  }

  /** Whether the entry of a peer in the snapshot is not the newest. */
  has(nodeId: string): boolean {
    return this.#newest.has(nodeId);
  }

  /** The entries of those that changed and are there. */
  *entries(): Generator<Buffer> {
    for (const entry of this.#newest.values()) if (entry !== undefined) yield entry;
  }

  /** Keeps a copy, in the memory of the one before where that has the size. */
  #keep(nodeId: string, entry: Buffer | undefined): void {
    const before = this.#newest.get(nodeId);
    if (entry !== undefined && before?.length === entry.length) entry.copy(before);
    else this.#newest.set(nodeId, entry && Buffer.from(entry));
  }
}

/** As of which state changes are gathered. */
export interface PeersBase {
  readonly lastSeq: number;
  readonly lastTime: number;
  readonly peers: number;
}
