import type { ObserverStats } from '@panoptes/core';
import { NumberRows } from './number-rows.js';

/** The last quarter of an hour of each observer, a row for each sample of the registry's history. */
export class ObserverHistories {
  /** By name. */
  readonly #kept = new Map<string, { readonly registeredAt: number; readonly rows: NumberRows }>();

  /**
   * Notes a sample, and forgets those that are gone.
   *
   * @param at - Unix milliseconds
   */
  note(observers: readonly ObserverStats[], at: number): void {
    const present = new Set<string>();
    for (const { name, registeredAt, ...stats } of observers) {
      present.add(name);
      let kept = this.#kept.get(name);
      // One of the same name that was registered anew is another.
      if (kept?.registeredAt !== registeredAt) {
        kept = { registeredAt, rows: new NumberRows(observerColumns, mostRows) };
        this.#kept.set(name, kept);
      }
      kept.rows.note([at, ...noted.map((column) => stats[column])]);
    }
    for (const name of this.#kept.keys()) if (!present.has(name)) this.#kept.delete(name);
  }

  /** That of an observer that is registered; undefined before it was seen. */
  of(name: string): NumberRows | undefined {
    return this.#kept.get(name)?.rows;
  }
}

const noted = ['lag', 'delivered', 'handlerP99Ms', 'heapBytes', 'externalBytes'] as const;

/** What is noted of each, in the order of a row. */
export const observerColumns: readonly string[] = ['at', ...noted];

/** A quarter of an hour, at one a second: 43 KB for each observer. */
export const mostRows = 900;
