import { describe, expect, it } from 'vitest';
import { DataKind } from '../frames.js';
import { SignsOfLife } from './signs-of-life.js';

const run = (first: number, last: number) => ({ kind: DataKind.run, first, last });

describe('a process that says that it turns', () => {
  it('gets on once for each transaction of what it is at, and no more', () => {
    const signs = new SignsOfLife();
    const [three, one] = [run(5, 7), run(8, 8)];
    expect([1, 2, 3, 4, 5].map(() => signs.take(three))).toEqual([true, true, true, false, false]);
    expect([1, 2].map(() => signs.take(one))).toEqual([true, false]);
  });

  it('gets on with nothing when it was sent nothing', () => {
    const signs = new SignsOfLife();
    expect([undefined, run(1, 1), undefined].map((item) => signs.take(item))).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('says so as often as it likes within a bound, and then breaks the rules', () => {
    const signs = new SignsOfLife();
    expect(() => {
      for (let sign = 0; sign < 1_000_000; sign++) signs.take(undefined);
    }).toThrow('more than 1000 signs of life a second');
  });
});
