import { type SweepDocument, sweepFailures } from '../sweep/sweep-table.js';
import { counted } from './number-text.js';
import type { Screen } from './screen.js';
import { textTable } from './text-table.js';

/** A sweep for people to read: a line for each point, means with 95 % intervals. */
export function formatSweep(document: SweepDocument, screen: Screen): string {
  const { colors } = screen;
  const { name, seed, keys, figures, rows, replications, interrupted } = document;
  const lines = rows.map((row) => {
    const { failed } = row;
    return [
      ...keys.map((key) => {
        const value = row.values[key];
        return typeof value === 'string' ? value : JSON.stringify(value);
      }),
      ...figures.map((figure) => {
        const estimate = row.figures[figure];
        if (estimate == null) return 'none';
        const { mean, high } = estimate;
        return high === null ? printed(mean) : `${printed(mean)} ± ${printed(high - mean)}`;
      }),
      String(row.runs),
      failed === 0 ? '0' : colors.red(String(failed)),
    ];
  });
  return [
    `${name}, seed ${seed}: ${counted(rows.length, 'point')}, ${counted(replications, 'replication')} of each` +
      (interrupted ? colors.yellow(' (interrupted: run it again to go on)') : ''),
    textTable(
      [...keys, ...figures, 'runs', 'failed'].map((title) => [title, 'right']),
      lines,
      screen,
    ),
    ...sweepFailures(document).map((failure) => colors.red(`failed: ${failure}`)),
    '',
  ].join('\n');
}

/** On a line of its own, how many runs of a sweep failed, and why the first of them did. */
export function sweepFailureLine(document: SweepDocument, { colors }: Screen): string {
  const { rows } = document;
  const [failed, all] = [rows.flatMap((row) => row.failures), rows.flatMap((row) => row.digests)];
  const [first = ''] = sweepFailures(document);
  return `${colors.red(`fail: ${failed.length} of ${counted(all.length, 'run')}, the first: ${first}`)}\n`;
}

const printed = (value: number): string =>
  value.toLocaleString('en-US', { maximumSignificantDigits: 6 });
