import type { Series } from './run-document.js';

/**
 * A run's course as CSV: a line a sample, with a header. Columns of observers are named after them,
 * as in `mesh.lag`; names and states are plain words, so nothing needs quotes.
 */
export function seriesCsv(series: Series): string {
  const columns: [string, readonly (number | string)[]][] = [
    ['at_ms', series.at],
    ['real_ms', series.realMs],
    ['online', series.online],
    ['joins', series.joins],
    ['updates', series.updates],
    ['leaves', series.leaves],
    ['rss_mib', series.rssMiB],
    ...Object.entries(series.observers).flatMap(([name, own]) =>
      (['state', 'lag', 'delivered', 'resyncs', 'restarts'] as const).map(
        (column): [string, readonly (number | string)[]] => [`${name}.${column}`, own[column]],
      ),
    ),
  ];
  const lines = [columns.map(([name]) => name).join(',')];
  for (let row = 0; row < series.at.length; row++) {
    // An observer that was registered late has shorter columns: they end together.
    const cells = columns.map(([, values]) => values[values.length - series.at.length + row] ?? '');
    lines.push(cells.join(','));
  }
  return `${lines.join('\n')}\n`;
}
