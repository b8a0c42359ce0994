import type { BenchDocument, BenchRow } from '../bench-document.js';
import { drawLineChart, type Series } from './line-chart.js';

/**
 * The charts that a document has figures for, by file name: throughput against observers, and cost
 * against peers.
 */
export function benchCharts(document: BenchDocument): Map<string, string> {
  const charts = new Map<string, string>();
  const { node, cores, cpu, seed } = document;
  const subtitle = `${cpu}, ${cores} cores, Node ${node}, seed ${seed}; medians`;
  const fanout = seriesOf(document.rows, 'fanout', 'throughput', 'observers');
  if (fanout.length > 0) {
    charts.set(
      'fanout.svg',
      drawLineChart({
        title: 'Changes a second that reach every observer',
        subtitle,
        x: { label: 'observers', scale: 'log' },
        y: { label: 'upserts/s', scale: 'log' },
        series: fanout,
      }),
    );
  }
  const scale = seriesOf(document.rows, 'scale', 'cost', 'peers');
  if (scale.length > 0) {
    charts.set(
      'scale.svg',
      drawLineChart({
        title: 'Cost of a change in registries of any size',
        subtitle,
        x: { label: 'peers', scale: 'log' },
        y: { label: 'µs per upsert', scale: 'linear' },
        series: scale,
      }),
    );
  }
  return charts;
}

/** A line for each system, Panoptes first. */
function seriesOf(
  rows: readonly BenchRow[],
  suite: BenchRow['suite'],
  metric: string,
  along: 'observers' | 'peers',
): Series[] {
  const figures = rows.filter((row) => row.suite === suite && row.metric === metric);
  const systems = [...new Set(figures.map(({ system }) => system))];
  return systems.map((system) => ({
    name: system,
    isMain: system === 'panoptes',
    points: figures
      .filter((row) => row.system === system)
      .map((row) => [row[along], row.median] as const)
      .sort(([a], [b]) => a - b),
  }));
}
