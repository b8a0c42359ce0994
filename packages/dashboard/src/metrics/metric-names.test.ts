import { type Figure, figures } from '@panoptes/core';
import { describe, expect, it } from 'vitest';
import { allFamilies } from '../prometheus-metrics.js';
import { metricNames } from './metric-names.js';
import { watchedFigures } from './watched-figures.js';

const tables: Readonly<Record<string, readonly Figure[]>> = { ...figures, watched: watchedFigures };
const named = Object.entries(tables).flatMap(([group, table]) =>
  table.map(({ id, kind, unit, quantile }) => {
    const names = metricNames[group as keyof typeof metricNames] as Record<string, string>;
    return { id: `${group}.${id}`, kind, unit, name: names[quantile?.of ?? id]! };
  }),
);

describe('the name of a metric', () => {
  it.each(named)('says the kind and the base unit of $id: $name', ({ name, kind, unit }) => {
    expect(name).toMatch(/^panoptes(_[a-z]+)+$/);
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    const bare = name.replace(/_total$/, '');
    expect(/_(?:seconds|bytes|seq|ratio)$/.exec(bare)?.[0]).toBe(
      {
        ...{ ms: '_seconds', 'Unix ms': '_seconds', bytes: '_bytes', seq: '_seq' },
        ...{ share: '_ratio', count: undefined },
      }[unit],
    );
    expect(bare.endsWith('_timestamp_seconds')).toBe(unit === 'Unix ms');
  });

  it('is that of one family only', () => {
    const names = allFamilies.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    // Neither does OpenMetrics, which has counters without `_total`, take two for one.
    const bare = names.map((name) => name.replace(/_total$/, ''));
    expect(new Set(bare).size).toBe(bare.length);
  });
});
