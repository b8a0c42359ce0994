import type { ObserverMetrics } from '@panoptes/core';
import { NumberRows } from './number-rows.js';
import { mostRows } from './observer-histories.js';

/**
 * What observers said of the figures of their own whenever somebody looked at one of them: nobody is asked
 * for the history's sake, for each question wakes a thread. So many observers are kept, those that were looked at last.
 */
export class OwnHistories {
  /** By name, the one that was looked at last comes last. */
  readonly #kept = new Map<string, NumberRows>();

  /**
   * Notes what one said; a second time within a second is left out.
   *
   * @param at - Unix milliseconds
   */
  note(name: string, { readings }: ObserverMetrics, at: number): void {
    const numbers = readings.filter(({ kind }) => kind !== 'histogram');
    const columns = ['at', ...numbers.map(({ id }) => id)];
    let rows = this.#kept.get(name);
    if (rows === undefined || !isSame(rows.columns, columns)) {
      rows = new NumberRows(columns, Math.min(mostRows, Math.floor(mostNumbers / columns.length)));
    }
    this.#kept.delete(name);
    this.#kept.set(name, rows);
    if (this.#kept.size > mostObservers) this.#kept.delete(this.#kept.keys().next().value!);
    if (at - rows.lastAt < leastPauseMs) return;
    rows.note([at, ...numbers.map(({ value }) => (typeof value === 'number' ? value : NaN))]);
  }

  /** That of an observer; undefined when nobody has looked at it lately. */
  of(name: string): NumberRows | undefined {
    return this.#kept.get(name);
  }
}

const isSame = (these: readonly string[], those: readonly string[]): boolean =>
  these.length === those.length && these.every((one, place) => one === those[place]);

/** Observers that are kept: 2 MB at most together. */
const mostObservers = 16;
/** Numbers of one observer: a quarter of an hour of 17 figures, and less of more. */
const mostNumbers = 16_384;
/** Pages that are open at the same time ask once a second each. */
const leastPauseMs = 900;
