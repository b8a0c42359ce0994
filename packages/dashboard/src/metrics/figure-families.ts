import { type Figure, type Figures, type HistogramValue, figures } from '@panoptes/core';
import { histogramSeries } from './histogram-series.js';
import type { MetricFamily, Series } from './metric-family.js';
import { metricNames } from './metric-names.js';
import { observerLabel } from './observer-label.js';
import type { RegistryLook } from './registry-look.js';
import { watchedFigures } from './watched-figures.js';

/** A family for each figure that is described, and one for each set of quantiles. */
export const figureFamilies: readonly MetricFamily[] = Object.freeze([
  ...familiesOf(figures.registry, metricNames.registry, [], ({ registry }) => [of(registry)]),
  ...familiesOf(figures.log, metricNames.log, [], ({ log }) => [of(log)]),
  ...familiesOf(watchedFigures, metricNames.watched, [], ({ watched }) => [of(watched)]),
  ...familiesOf(figures.supervisor, metricNames.supervisor, [], (look) => [of(look.supervisor)]),
  ...familiesOf(figures.store, metricNames.store, [], ({ store }) => (store ? [of(store)] : [])),
  ...familiesOf(figures.replica, metricNames.replica, [], ({ replica }) =>
    replica ? [of(replica)] : [],
  ),
  ...familiesOf(figures.observers, metricNames.observers, ['observer'], ({ observers }) =>
    observers.map((one) => of(one, one.name)),
  ),
  ...familiesOf(figures.votes, metricNames.votes, ['observer'], ({ observers }) =>
    observers.flatMap(({ name, votes }) => (votes ? [of(votes, name)] : [])),
  ),
  ...familiesOf(figures.commands, metricNames.commands, ['observer'], ({ observers }) =>
    observers.map(({ name, commands }) => of(commands, name)),
  ),
]);

/** Some figures, and whose they are. */
interface Row {
  readonly labels: Series['labels'];
  readonly figures: Readonly<Record<string, unknown>>;
}

function of<Own extends object>(figures: Own, observer?: string): Row & { readonly figures: Own } {
  return {
    figures: figures as Own & Row['figures'],
    labels: observer === undefined ? {} : { observer: observerLabel(observer) },
  };
}

function familiesOf<Table extends readonly Figure[]>(
  table: Table,
  names: Readonly<Record<string, string>>,
  labels: readonly string[],
  rowsOf: (look: RegistryLook) => readonly (Row & { readonly figures: Figures<Table> })[],
): MetricFamily[] {
  const groups = new Map<string, Figure[]>();
  for (const figure of table) {
    const key = figure.quantile?.of ?? figure.id;
    groups.set(key, [...(groups.get(key) ?? []), figure]);
  }
  return Array.from(groups, ([key, members]) => {
    const name = names[key]!;
    return {
      name,
      type: typeOf(members[0]!),
      help: members.map(({ says }) => says).join(' '),
      labels: [...labels, ...ownLabels(members[0]!)],
      read: ({ look }) =>
        rowsOf(look).flatMap((row) => members.flatMap((figure) => seriesOf(figure, name, row))),
    };
  });
}

/** Quantiles of many measurements are what Prometheus calls a summary. */
function typeOf({ kind, quantile }: Figure): MetricFamily['type'] {
  return quantile === undefined ? kind : 'summary';
}

function ownLabels({ quantile, bounds }: Figure): string[] {
  if (bounds !== undefined) return ['le'];
  return quantile === undefined ? [] : ['quantile'];
}

function seriesOf({ id, unit, bounds, quantile }: Figure, name: string, row: Row): Series[] {
  const base = (value: number): number => inBaseUnit(value, unit);
  const value = row.figures[id];
  if (bounds !== undefined) {
    const { counts, count, sum } = value as HistogramValue;
    const inBase = { counts, count, sum: base(sum) };
    return histogramSeries(name, bounds.map(base), inBase, row.labels);
  }
  const labels = quantile === undefined ? row.labels : { ...row.labels, quantile: quantile.at };
  return [{ labels, value: base(value as number) }];
}

/** Prometheus has seconds where the figures have milliseconds. */
function inBaseUnit(value: number, unit: Figure['unit']): number {
  return unit === 'ms' || unit === 'Unix ms' ? value / 1_000 : value;
}
