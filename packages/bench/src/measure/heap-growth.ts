import { getHeapStatistics } from 'node:v8';

/**
 * How many bytes of the heap some work takes, as the middle one of many looks: one in which garbage was
 * collected, or code compiled, is far from the others.
 */
export class HeapGrowth {
  readonly #growths: number[] = [];
  #before = 0;

  /** Called before each piece of the work. */
  begin(): void {
    this.#before = getHeapStatistics().used_heap_size;
  }

  /**
   * Called after it.
   *
   * @param count - of how many operations it was made
   */
  end(count: number): void {
    this.#growths.push((getHeapStatistics().used_heap_size - this.#before) / count);
  }

  /** Bytes an operation; NaN before the first. */
  get median(): number {
    const sorted = [...this.#growths].sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? Number.NaN;
  }
}
