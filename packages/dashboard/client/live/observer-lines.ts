import { type Signal, signal } from '@preact/signals';
import type { ObserverRow } from '../api/answers.js';

/** The observers that are shown, in the order of registration. It changes when one comes or goes. */
export const observerLines = signal<readonly ObserverLine[]>([]);

/** One observer, which stays the same object as long as it is there: what changes are its signals. */
export interface ObserverLine {
  readonly id: string;
  readonly name: string;
  readonly row: Signal<ObserverRow>;
  /** Transactions handled in a second, over the last few; NaN before there are two samples. */
  readonly deliveredRate: Signal<number>;
  /** Unix milliseconds and how many it had handled then. */
  readonly seen: [at: number, delivered: number][];
}

/** The line of an observer. */
export const lineOf = (id: string): ObserverLine | undefined =>
  observerLines.value.find((line) => line.id === id);

/**
 * Takes a sample.
 *
 * @param at - when it was taken, in Unix milliseconds
 */
export function showObservers(rows: readonly ObserverRow[], at: number): void {
  const known = new Map(observerLines.peek().map((line) => [line.id, line]));
  const lines = rows.map((row) => {
    const line = known.get(row.id) ?? newLine(row);
    line.row.value = row;
    line.deliveredRate.value = rateOf(line.seen, at, row.delivered);
    return line;
  });
  const before = observerLines.peek();
  const isSame = lines.length === before.length && lines.every((line, i) => line === before[i]);
  if (!isSame) observerLines.value = lines;
}

const newLine = (row: ObserverRow): ObserverLine => ({
  ...{ id: row.id, name: row.name },
  ...{ row: signal(row), deliveredRate: signal(NaN), seen: [] },
});

function rateOf(seen: ObserverLine['seen'], at: number, delivered: number): number {
  seen.push([at, delivered]);
  while (seen.length > 2 && seen[1]![0] < at - rateWindowMs) seen.shift();
  const [then, before] = seen[0]!;
  // One that was registered anew counts from 0 again.
  if (delivered < before) seen.splice(0, seen.length - 1);
  return at > then && delivered >= before ? ((delivered - before) / (at - then)) * 1_000 : NaN;
}

/** Long enough for a calm number, short enough to show a stall. */
const rateWindowMs = 3_000;
