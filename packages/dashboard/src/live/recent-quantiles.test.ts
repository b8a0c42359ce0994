import { expect, it } from 'vitest';
import { RecentQuantiles } from './recent-quantiles.js';

it('quantiles are those of what was counted since the last look, by their place in their bucket', () => {
  const recent = new RecentQuantiles([1, 2, 4]);
  const take = (...counts: number[]) => recent.take({ counts }, [0.5, 0.9, 1]);
  expect(take(10, 0, 0, 0)).toEqual([0.5, 0.9, 1]);
  expect(take(10, 0, 10, 0)).toEqual([3, 3.8, 4]);
  expect(take(11, 1, 12, 0)).toEqual([2, 3.6, 4]);
  // What is above all bounds has the last one.
  expect(take(12, 1, 12, 3)).toEqual([4, 4, 4]);
  expect(take(12, 1, 12, 3)).toEqual([NaN, NaN, NaN]);
});
