/**
 * Memory for snapshots. Shared memory counts for nothing in any heap, so the garbage collector does
 * not hurry, and each observer that starts on a large table would leave hundreds of megabytes behind:
 * what the last one has read serves the next, if it is still there. Nothing is kept for that.
 */
export class SnapshotMemory {
  #spare: WeakRef<SharedArrayBuffer> | undefined;
  /** How many readers each memory has that may still look into it. */
  readonly #readers = new WeakMap<SharedArrayBuffer, number>();

  /** Memory of so many bytes at least, which nobody looks into. What it holds is of no meaning. */
  take(bytes: number): SharedArrayBuffer {
    const spare = this.#spare?.deref();
    if (spare === undefined || spare.byteLength < bytes) {
      return new SharedArrayBuffer(wordBytes * Math.ceil((bytes * headroom) / wordBytes + 1));
    }
    this.#spare = undefined;
    return spare;
  }

  /**
   * Lends it to one more reader.
   *
   * @returns to be called once, when this reader can neither read nor write it any more; if it
   *   never is, the memory serves nobody else. It does not keep the memory from being freed.
   */
  lend(memory: SharedArrayBuffer): () => void {
    this.#readers.set(memory, (this.#readers.get(memory) ?? 0) + 1);
    const lent = new WeakRef(memory);
    return () => {
      const back = lent.deref();
      if (back === undefined) return;
      const readers = this.#readers.get(back)! - 1;
      this.#readers.set(back, readers);
      if (readers === 0) this.#spare = lent;
    };
  }
}

const wordBytes = 8;
/** So much more than is needed: the next snapshot may be larger. What is not written takes no memory. */
const headroom = 1.125;
