import type { SnapshotBytes } from '@panoptes/core/observer';

/** A snapshot that comes in pieces, into memory that is taken once. */
export class IncomingSnapshot implements SnapshotBytes {
  readonly buffer: ArrayBuffer;
  readonly size: number;
  readonly point: SnapshotBytes['point'];
  readonly #bytes: Uint8Array;
  #filled = 0;

  /**
   * @param head - its seq, its time, how many entries and how many bytes they are; four f64
   * @throws {Error} when it makes no sense
   */
  constructor(head: Buffer) {
    const [seq, time, size, bytes] = [0, 8, 16, 24].map((at) => head.readDoubleLE(at));
    const counts = [seq, size, bytes];
    const areCounts = counts.every((count) => Number.isSafeInteger(count) && count! >= 0);
    if (!areCounts || bytes! % 8 !== 0 || !Number.isFinite(time)) {
      throw new Error(`a snapshot of ${size} entries in ${bytes} bytes, of seq ${seq} at ${time}`);
    }
    this.size = size!;
    this.point = { seq: seq!, time: time!, position: 0 };
    this.buffer = new ArrayBuffer(bytes!);
    this.#bytes = new Uint8Array(this.buffer);
  }

  get isComplete(): boolean {
    return this.#filled === this.#bytes.length;
  }

  /** @throws {Error} when there is no room for it */
  add(piece: Buffer): void {
    const left = this.#bytes.length - this.#filled;
    if (piece.length > left)
      throw new Error(`${piece.length} bytes of a snapshot that lacks ${left}`);
    this.#bytes.set(piece, this.#filled);
    this.#filled += piece.length;
  }
}
