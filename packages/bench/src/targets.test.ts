import { describe, expect, it } from 'vitest';
import { documentOf, rowOf } from './bench-rows.fixture.js';
import { compareWithTargets } from './target-result.js';
import { targets } from './targets.js';

const reached = (...rows: Parameters<typeof rowOf>[0][]) =>
  compareWithTargets(documentOf(rows.map(rowOf))).map(
    ({ target, value, reached: grade }) => [target.what, value, grade] as const,
  );

describe('targets', () => {
  it('that have no figure in a document are left out', () => {
    expect(reached()).toEqual([]);
    expect(reached({ observers: 7, median: 1 })).toEqual([]);
  });

  it.each([
    [449_999, 'missed'],
    [450_000, 'target'],
    [700_000, 'stretch'],
  ])('of at least so much: %d is %s', (median, grade) => {
    expect(reached({ median })).toEqual([['10 observers, absolute', median, grade]]);
  });

  it.each([
    [3_001, 'missed'],
    [3_000, 'target'],
    [1_000, 'stretch'],
  ])('of at most so much: %d is %s', (median, grade) => {
    expect(reached({ suite: 'latency', metric: 'p99', median })).toEqual([
      ['from upsert to the handler at 10 k/s, 99th percentile', median, grade],
    ]);
  });

  it('against another system take the ratio within the run', () => {
    expect(reached({ median: 10_000 }, { system: 'postMessage', median: 100 })).toContainEqual([
      '10 observers, against postMessage per event',
      100,
      'target',
    ]);
  });

  it('of growth compare the two ends', () => {
    const cost = { suite: 'scale', metric: 'cost', observers: 0, better: 'less' } as const;
    expect(
      reached(
        { ...cost, peers: 1_000, median: 2 },
        { ...cost, peers: 10_000, median: 9 },
        { ...cost, peers: 1_000_000, median: 6 },
      ),
    ).toEqual([['cost an upsert from 1,000 to 1,000,000 peers', 3, 'missed']]);
  });

  it('of an operation are those of the largest registry', () => {
    const touch = { suite: 'operations', metric: 'touch', observers: 0, better: 'less' } as const;
    expect(
      reached(
        { ...touch, peers: 1_000, median: 0.5 },
        { ...touch, peers: 1_000_000, median: 1.5 },
        { ...touch, metric: 'touch, by the clock', peers: 1_000_000, median: 9 },
      ),
    ).toEqual([['touch, among 1,000,000', 1.5, 'target']]);
  });

  it('in upserts compare two operations among as many peers', () => {
    const among = { suite: 'operations', observers: 0, peers: 10_000, better: 'less' } as const;
    expect(
      reached(
        { ...among, metric: 'upsert of a known peer', peers: 1_000, median: 9 },
        { ...among, metric: 'upsert of a known peer', median: 2 },
        { ...among, metric: 'updateTrust', median: 2.3 },
      ),
    ).toEqual([['updateTrust, in upserts, among 10,000', 1.15, 'target']]);
  });

  it('are no weaker when stretched, and told apart by their names', () => {
    for (const { aim, target, stretch } of targets) {
      if (aim === 'at least') expect(stretch).toBeGreaterThanOrEqual(target);
      else expect(stretch).toBeLessThanOrEqual(target);
    }
    expect(new Set(targets.map(({ what }) => what)).size).toBe(targets.length);
  });
});
