import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HISTOGRAM_BUCKETS, countDuration, countFrom, quantile } from './duration-histogram.js';

const histogramOf = (durations: readonly number[]): Float64Array => {
  const counts = new Float64Array(HISTOGRAM_BUCKETS);
  for (const micros of durations) countDuration(counts, micros);
  return counts;
};

describe('a histogram of durations', () => {
  it('gives every quantile of a list to within a sixteenth', () => {
    const lists = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 1 });
    fc.assert(
      fc.property(lists, fc.double({ min: 0.01, max: 1, noNaN: true }), (durations, share) => {
        const sorted = durations.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
        const found = quantile(histogramOf(durations), share);
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact / 16 + 1e-9);
      }),
    );
  });

  it('is 0 without any, and takes what is too long or negative for its ends', () => {
    expect(quantile(histogramOf([]), 0.5)).toBe(0);
    expect(quantile(histogramOf([-5]), 1)).toBe(0);
    expect(quantile(histogramOf([1e15]), 1)).toBeGreaterThan(4e9);
  });

  it('counts those from a duration on, whose bucket included', () => {
    const counts = histogramOf([1, 1_000, 250_000, 300_000, 9_000_000]);
    expect(countFrom(counts, 250_000)).toBe(3);
    expect(countFrom(counts, 0)).toBe(5);
    expect(countFrom(counts, 10_000_000)).toBe(0);
  });
});
