import { signal } from '@preact/signals';
import type { History, HistoryRow } from '../api/answers.js';

/** The server's history of the registry, one array a column. */
export const historyColumns = signal<HistoryColumns>({ at: [], column: () => [] });

/** What charts are drawn from. */
export interface HistoryColumns {
  /** Unix seconds, as charts want them. */
  readonly at: readonly number[];
  /** The values of a column; null where one is not known. */
  readonly column: (name: string) => readonly (number | null)[];
}

/** Takes what the server has kept. */
export function loadHistory({ columns, rows }: History): void {
  names = columns;
  kept = [...rows];
  publish();
}

/** Adds a row that came since. */
export function noteHistory(row: HistoryRow): void {
  const last = kept.at(-1)?.[0] ?? 0;
  if (names.length === 0 || (row[0] ?? 0) <= last) return;
  kept = [...kept.slice(-mostRows + 1), row];
  publish();
}

/** How much a counter grew in each second; null where that is not known. */
export function perSecond(
  at: readonly number[],
  counter: readonly (number | null)[],
): (number | null)[] {
  return counter.map((value, index) => {
    const before = counter[index - 1];
    if (value === null || before === null || before === undefined) return null;
    const seconds = at[index]! - at[index - 1]!;
    return seconds > 0 && value >= before ? (value - before) / seconds : null;
  });
}

let names: readonly string[] = [];
let kept: HistoryRow[] = [];

function publish(): void {
  const rows = kept;
  const columns = names;
  historyColumns.value = {
    at: rows.map(([at]) => (at ?? 0) / 1_000),
    column: (name) => {
      const place = columns.indexOf(name);
      return rows.map((row) => row[place] ?? null);
    },
  };
}

/** As many as the server keeps. */
const mostRows = 900;
