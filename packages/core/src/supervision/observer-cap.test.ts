import { describe, expect, it } from 'vitest';
import { ObserverCap } from './observer-cap.js';

describe('the cap', () => {
  it('is refused at, with the count and the maximum', () => {
    const cap = new ObserverCap(50);
    cap.check(49);
    expect(() => cap.check(50)).toThrow(/^Observer limit reached: 50 \(max: 50\)$/);
  });

  it('is warned of once at 80 %, and once below', () => {
    const cap = new ObserverCap(10);
    const counts = [1, 7, 8, 9, 8, 10, 7, 6, 8];
    expect(counts.map((count) => cap.crossed(count))).toEqual([
      undefined,
      undefined,
      'near',
      undefined,
      undefined,
      undefined,
      'clear',
      undefined,
      'near',
    ]);
  });
});
