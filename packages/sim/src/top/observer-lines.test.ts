import { describe, expect, it } from 'vitest';
import type { ColumnId } from './observer-columns.js';
import { ObserverLines } from './observer-lines.js';
import { sampleOf } from './sample.fixture.js';

const order = { sort: 'lag' as ColumnId, isReversed: false, filter: '' };

describe('the observers of a dashboard', () => {
  it('are in the order of a column, the largest number first, and of their names', () => {
    const lines = new ObserverLines();
    lines.take(
      sampleOf([
        { name: 'b', lag: 1, state: 'live' },
        { name: 'c', lag: 5, state: 'stuck' },
        { name: 'a', lag: 1, state: 'backoff' },
      ]),
    );
    const names = (how: object) => lines.list({ ...order, ...how }).map(({ name }) => name);
    expect(names({})).toEqual(['c', 'a', 'b']);
    expect(names({ isReversed: true })).toEqual(['a', 'b', 'c']);
    expect(names({ sort: 'observer' })).toEqual(['a', 'b', 'c']);
    expect(names({ sort: 'state' })).toEqual(['a', 'b', 'c']);
    expect(names({ filter: 'STU' })).toEqual(['c']);
    expect(names({ filter: 'a' })).toEqual(['a']);
    expect(names({ filter: 'nobody' })).toEqual([]);
  });

  it('have a rate between two samples, unless one of them began anew', () => {
    const lines = new ObserverLines();
    const rates = () => lines.list({ ...order, sort: 'observer' }).map(({ rate }) => rate);
    lines.take(sampleOf([{ name: 'a', delivered: 10 }], { at: 1_000 }));
    expect(rates()).toEqual([undefined]);
    const next = [{ name: 'a', delivered: 30 }, { name: 'b' }];
    lines.take(sampleOf(next, { at: 1_500 }));
    expect(rates()).toEqual([40, undefined]);
    // The end of a run comes again and again.
    lines.take(sampleOf(next, { at: 1_500 }));
    expect(rates()).toEqual([40, undefined]);
    lines.take(sampleOf([{ name: 'a', delivered: 5 }, { name: 'b' }], { at: 2_500 }));
    expect(rates()).toEqual([undefined, 0]);
  });
});
