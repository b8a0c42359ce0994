import { type SweepDocument, sweepFailures } from '../sweep/sweep-table.js';
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
    `${name}, seed ${seed}: ${rows.length} points, ${replications} replications of each` +
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

const printed = (value: number): string =>
  value.toLocaleString('en-US', { maximumSignificantDigits: 6 });
