import { PerformanceObserver } from 'node:perf_hooks';
import { nextTurn } from '@panoptes/core';

/** How long garbage collections keep the main thread. */
export class CollectionTimes {
  #longestMs = 0;
  readonly #observer = new PerformanceObserver((list) => this.#note(list.getEntries()));

  begin(): void {
    this.#longestMs = 0;
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  /** Resolves with how long the longest took since `begin`, in milliseconds; 0 when there was none. */
  async end(): Promise<number> {
    // They are told of in a turn of their own.
    await nextTurn();
    this.#note(this.#observer.takeRecords());
    this.#observer.disconnect();
    return this.#longestMs;
  }

  #note(entries: readonly { readonly duration: number }[]): void {
    for (const { duration } of entries) this.#longestMs = Math.max(this.#longestMs, duration);
  }
}
