import type { MetricReading } from '@panoptes/core';
import { histogramSeries } from './histogram-series.js';
import type { MetricFamily, Series } from './metric-family.js';
import { observerLabel } from './observer-label.js';
import type { OwnReading } from './own-metrics.js';

const distribution = 'panoptes_observer_metric_distribution';

/** The figures that observers' modules describe, as their observers say them at this moment. */
export const ownFamilies: readonly MetricFamily[] = Object.freeze<MetricFamily[]>([
  {
    name: 'panoptes_observer_metric',
    type: 'gauge',
    help: 'Gauges and counters of an observer’s own, each in the unit that its module says.',
    labels: ['observer', 'metric'],
    read: (scrape) =>
      seriesOf(scrape.own, (reading, labels) =>
        reading.kind === 'histogram' || reading.value === undefined
          ? []
          : [{ labels, value: reading.value }],
      ),
  },
  {
    name: distribution,
    type: 'histogram',
    help: 'Histograms of an observer’s own, each in the unit that its module says.',
    labels: ['observer', 'metric', 'le'],
    read: (scrape) =>
      seriesOf(scrape.own, (reading, labels) =>
        reading.kind === 'histogram' && reading.value !== undefined
          ? histogramSeries(distribution, reading.bounds, reading.value, labels)
          : [],
      ),
  },
  {
    name: 'panoptes_observer_metrics_up',
    type: 'gauge',
    help: 'Whether an observer that has metrics of its own has said all of them, in time.',
    labels: ['observer'],
    read: async (scrape) =>
      (await scrape.own).map(({ observer, metrics }) => ({
        labels: { observer: observerLabel(observer) },
        value: Number(metrics?.readings.every(({ error }) => error === undefined) ?? false),
      })),
  },
]);

async function seriesOf(
  own: Promise<readonly OwnReading[]>,
  ofReading: (reading: MetricReading, labels: Series['labels']) => readonly Series[],
): Promise<readonly Series[]> {
  return (await own).flatMap(({ observer: name, metrics }) => {
    const observer = observerLabel(name);
    return (metrics?.readings ?? []).flatMap((reading) =>
      ofReading(reading, { observer, metric: reading.id }),
    );
  });
}
