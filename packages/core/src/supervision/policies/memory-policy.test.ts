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
  const suspect = (utilization: number, silentMs: number, grownMb: number, limitMb = 100) =>
    ({ utilization, silentMs, limitMb, grownBytes: mb(grownMb).heapBytes }) satisfies Suspect;

  it('takes the busiest of those that are silent, then the longest silent', () => {
    const busiest = suspect(1, 300, 101);
    expect(tripwire(0, [suspect(0.5, 900, 101), busiest, suspect(1, 200, 101)])).toBe(busiest);
  });

  it('passes over those that fell silent when the memory had been taken', () => {
    const culprit = suspect(0.9, 800, 101);
    expect(tripwire(0, [suspect(1, 300, 90), culprit, suspect(1, 900, 100)])).toBe(culprit);
  });

  it('holds still up to the limit of that one, and without any', () => {
    expect(tripwire(0, [suspect(1, 300, 100)])).toBeUndefined();
    expect(tripwire(0, [suspect(1, 300, 150, 200), suspect(0.5, 1, 90)])).toBeUndefined();
    expect(tripwire(0, [])).toBeUndefined();
    // 24 MB each that nine others may have come to keep, unheard.
    expect(tripwire(9, [suspect(1, 300, 316)])).toBeUndefined();
    expect(tripwire(9, [suspect(1, 300, 317)])).toBeDefined();
  });

  it('never waits until V8’s own limit would be near, however many there are', () => {
    expect(tripwire(199, [suspect(1, 300, 1_536)])).toBeUndefined();
    expect(tripwire(199, [suspect(1, 300, 1_537)])).toBeDefined();
    expect(tripwire(199, [suspect(1, 300, 2_000, 2_000)])).toBeUndefined();
  });
});
