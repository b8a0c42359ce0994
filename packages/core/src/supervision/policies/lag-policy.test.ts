import { describe, expect, it } from 'vitest';
import { isLagging, resyncDelay } from './lag-policy.js';

describe('an observer', () => {
  it('lags from half of the log on, until it is within a quarter', () => {
    const states = [0, 512, 513, 400, 257, 256, 400, 512];
    let lags = false;
    expect(states.map((bytes) => (lags = isLagging(lags, bytes, 1_024)))).toEqual([
      false,
      false,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('waits longer and longer for snapshots that do not help it, then is given up', () => {
    const delays = Array.from({ length: 12 }, (_, futile) => resyncDelay(futile, 10));
    expect(delays).toEqual([0, 0, 10, 20, 40, 80, 160, 320, 640, 1_000, 1_000, undefined]);
    expect(resyncDelay(1, 0)).toBeUndefined();
    expect(resyncDelay(0, 0)).toBe(0);
  });
});
