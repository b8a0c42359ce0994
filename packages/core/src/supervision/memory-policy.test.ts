import { describe, expect, it } from 'vitest';
import { type Suspect, isGrowing, isOverLimit, tripwire } from './memory-policy.js';

const mb = (heap: number, external = 0) => ({
  heapBytes: heap * 1024 * 1024,
  externalBytes: external * 1024 * 1024,
});

describe('the soft limit of memory', () => {
  it('counts heap and buffers together', () => {
    expect(isOverLimit(mb(60, 40), 100)).toBe(false);
    expect(isOverLimit(mb(60, 41), 100)).toBe(true);
    expect(isOverLimit(mb(101), 100)).toBe(true);
    expect(isOverLimit(mb(0, 101), 100)).toBe(true);
  });

  it('is watched closely from its half on, or when memory leaps', () => {
    expect(isGrowing(mb(10), mb(16), 250, 100)).toBe(false);
    expect(isGrowing(mb(10), mb(17), 250, 100)).toBe(true);
    expect(isGrowing(mb(10), mb(11), 25, 100)).toBe(true);
    expect(isGrowing(mb(50), mb(50), 250, 100)).toBe(false);
    expect(isGrowing(mb(51), mb(51), 250, 100)).toBe(true);
    expect(isGrowing(mb(40, 20), mb(5), 250, 100)).toBe(false);
  });
});

describe('the tripwire on the memory of the process', () => {
  const suspect = (utilization: number, silentMs: number, limitMb = 100): Suspect => {
    return { utilization, silentMs, limitMb };
  };

  it('takes the busiest of those that are silent, then the longest silent', () => {
    const busiest = suspect(1, 300);
    expect(tripwire(mb(101).heapBytes, 0, [suspect(0.5, 900), busiest, suspect(1, 200)])).toBe(
      busiest,
    );
  });

  it('holds still up to the limit of that one, and without any', () => {
    expect(tripwire(mb(100).heapBytes, 0, [suspect(1, 300)])).toBeUndefined();
    expect(tripwire(mb(150).heapBytes, 0, [suspect(1, 300, 200), suspect(0.5, 1)])).toBeUndefined();
    expect(tripwire(mb(5_000).heapBytes, 0, [])).toBeUndefined();
    // 24 MB each that nine others may have come to keep, unheard.
    expect(tripwire(mb(316).heapBytes, 9, [suspect(1, 300)])).toBeUndefined();
    expect(tripwire(mb(317).heapBytes, 9, [suspect(1, 300)])).toBeDefined();
  });
});
