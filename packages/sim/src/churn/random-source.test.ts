import { describe, expect, it } from 'vitest';
import { pick, substream } from './random-source.js';

const draw = (seed: string, actor: string, count = 5): number[] => {
  const uniform = substream(seed, actor);
  return Array.from({ length: count }, () => uniform());
};

describe('a substream of random numbers', () => {
  it('is the same for the same seed and actor, and differs for another of either', () => {
    expect(draw('1', 'a')).toEqual(draw('1', 'a'));
    expect(draw('1', 'a')).not.toEqual(draw('2', 'a'));
    expect(draw('1', 'a')).not.toEqual(draw('1', 'b'));
  });

  it('is spread evenly over [0, 1)', () => {
    const numbers = draw('seed', 'actor', 100_000);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    const tenths = new Array<number>(10).fill(0);
    for (const number of numbers) tenths[Math.floor(10 * number)]!++;
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('picks every position, and no other', () => {
    const uniform = substream('seed', 'picks');
    const picked = new Set(Array.from({ length: 1_000 }, () => pick(uniform, 4)));
    expect([...picked].sort()).toEqual([0, 1, 2, 3]);
  });
});
