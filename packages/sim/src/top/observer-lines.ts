import type { DashboardSample } from './dashboard-sample.js';
import { type ColumnId, type ObserverLine, observerColumns } from './observer-columns.js';

/** The observers of the last sample, with their rates since the one before. */
export class ObserverLines {
  #lines: readonly ObserverLine[] = [];
  #at: number | undefined;

  take({ overview, observers }: DashboardSample): void {
    const before = new Map(this.#lines.map((line) => [line.name, line]));
    const seconds = this.#at === undefined ? 0 : (overview.at - this.#at) / 1_000;
    // The end of a run is sent again and again.
    if (this.#at !== undefined && seconds === 0) return;
    this.#at = overview.at;
    this.#lines = observers.map((one) => {
      const last = before.get(one.name);
      const handled = last === undefined ? -1 : one.delivered - last.delivered;
      const isKnown = seconds > 0 && handled >= 0;
      return { ...one, rate: isKnown ? handled / seconds : undefined };
    });
  }

  /** Those whose name or state has a text in it, in an order. */
  list({ sort, isReversed, filter }: LineOrder): ObserverLine[] {
    const wanted = filter.toLowerCase();
    const { of } = observerColumns.find(({ id }) => id === sort)!;
    const found = this.#lines.filter(({ name, state }) =>
      [name, state].some((text) => text.toLowerCase().includes(wanted)),
    );
    const sign = isReversed ? -1 : 1;
    return found.sort((a, b) => sign * compare(of(a), of(b)) || compare(a.name, b.name));
  }

  get size(): number {
    return this.#lines.length;
  }
}

/** Which of them are shown, and in which order. */
export interface LineOrder {
  readonly sort: ColumnId;
  readonly isReversed: boolean;
  readonly filter: string;
}

/** Numbers from the largest on, texts from the first. */
function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return b - a;
  return a < b ? -1 : Number(a > b);
}
