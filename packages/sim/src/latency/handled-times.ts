/** When an observer has handled its last batches, on its own thread. */
export class HandledTimes {
  readonly #numbers = new Float64Array(mostBatchesKept * numbersABatch);
  #count = 0;

  /** @param at - microseconds, by a clock that all threads share */
  note(firstSeq: number, lastSeq: number, at: number): void {
    const place = (this.#count++ % mostBatchesKept) * numbersABatch;
    this.#numbers[place] = firstSeq;
    this.#numbers[place + 1] = lastSeq;
    this.#numbers[place + 2] = at;
  }

  /** What was noted since the last time, oldest first: `numbersABatch` numbers each. */
  take(): Float64Array {
    const kept = Math.min(this.#count, mostBatchesKept);
    const oldest = ((this.#count - kept) % mostBatchesKept) * numbersABatch;
    const numbers = this.#numbers;
    const taken = new Float64Array(kept * numbersABatch);
    const tail = numbers.subarray(oldest, oldest + taken.length);
    taken.set(tail);
    taken.set(numbers.subarray(0, taken.length - tail.length), tail.length);
    this.#count = 0;
    return taken;
  }
}

/** Batches that are remembered until they are asked for; the oldest make room. */
export const mostBatchesKept = 8_192;

/** Numbers kept of a batch: its first and its last transaction, and when it was handled. */
export const numbersABatch = 3;
