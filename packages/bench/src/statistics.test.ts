import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowOf } from './bench-rows.fixture.js';
import { ratiosOf, summarizeRuns } from './statistics.js';

describe('runs are summed up', () => {
  it('by the middle one, or the mean of the two in the middle', () => {
    expect(summarizeRuns([5, 1, 100])).toEqual({ median: 5, min: 1, max: 100, runs: [5, 1, 100] });
    expect(summarizeRuns([4, 1, 2, 100]).median).toBe(3);
  });

  it('with every run kept in order, and the median between the extremes', () => {
    const runs = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(runs, (values) => {
        const { median, min, max, runs: kept } = summarizeRuns(values);
        expect(kept).toEqual(values);
        expect(min).toBeLessThanOrEqual(median);
        expect(median).toBeLessThanOrEqual(max);
        // As many runs lie above as below.
        const above = values.filter((value) => value > median).length;
        const below = values.filter((value) => value < median).length;
        expect(Math.max(above, below)).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });
});

describe('ratios', () => {
  it('are quotients of medians, Panoptes to every other system of the same contest', () => {
    const rows = [
      rowOf({ median: 300, runs: [1, 300, 900] }),
      rowOf({ system: 'postMessage', median: 3 }),
      rowOf({ system: 'BroadcastChannel', median: 150 }),
      rowOf({ system: 'postMessage', observers: 50, median: 1 }),
      rowOf({ system: 'comlink', metric: 'something else', median: 1 }),
    ];
    expect(ratiosOf(rows)).toEqual([
      {
        suite: 'fanout',
        metric: 'throughput',
        observers: 10,
        of: 'panoptes',
        to: 'postMessage',
        ratio: 100,
      },
      {
        suite: 'fanout',
        metric: 'throughput',
        observers: 10,
        of: 'panoptes',
        to: 'BroadcastChannel',
        ratio: 2,
      },
    ]);
  });

  it('say how much better Panoptes is where less is better', () => {
    const rows = [
      rowOf({ better: 'less', median: 10 }),
      rowOf({ better: 'less', median: 40, system: 'comlink' }),
    ];
    expect(ratiosOf(rows)[0]!.ratio).toBe(4);
  });
});
