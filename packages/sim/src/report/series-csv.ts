import { type CsvCell, csvText } from './csv.js';
import type { ObserverSeries, Series } from './run-document.js';

/**
 * A run's course as CSV: a line a sample, with a header. Columns of observers are named after them,
 * as in `mesh.lag`.
 */
export function seriesCsv(series: Series): string {
  const columns: [string, readonly CsvCell[]][] = [
    ['at_ms', series.at],
    ['real_ms', series.realMs],
    ['online', series.online],
    ['joins', series.joins],
    ['updates', series.updates],
    ['leaves', series.leaves],
    ['rss_mib', series.rssMiB],
    ...series.observers.flatMap((own) =>
      [
        ...observerColumns.map(([column, head]) => [head, own[column]] as const),
        ...(own.metrics ?? []).map(({ figure, values }) => [`metrics.${figure}`, values] as const),
      ].flatMap(([head, values]): [string, readonly CsvCell[]][] =>
        values === undefined ? [] : [[`${own.name}.${head}`, values]],
      ),
    ),
  ];
  return csvText([
    columns.map(([name]) => name),
    // An observer that was registered late has shorter columns: they end together.
    ...series.at.map((_, row) =>
      columns.map(([, values]) => values[values.length - series.at.length + row]),
    ),
  ]);
}

const observerColumns = [
  ['state', 'state'],
  ['lag', 'lag'],
  ['delivered', 'delivered'],
  ['resyncs', 'resyncs'],
  ['restarts', 'restarts'],
  ['memoryMiB', 'memory_mib'],
  ['latencyMs', 'latency_ms'],
] as const satisfies readonly (readonly [Exclude<keyof ObserverSeries, 'metrics'>, string])[];
