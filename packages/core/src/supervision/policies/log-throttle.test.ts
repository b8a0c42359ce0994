import { expect, it } from 'vitest';
import { LogThrottle } from './log-throttle.js';

it('what is said again is held back and counted, each kind by itself', () => {
  const repeats = new LogThrottle();
  expect(repeats.admit('slow', 0)).toBe(0);
  expect(repeats.admit('slow', 1)).toBeUndefined();
  expect(repeats.admit('lost', 2)).toBe(0);
  expect(repeats.admit('slow', 9_999)).toBeUndefined();
  expect(repeats.admit('slow', 10_000)).toBe(2);
  expect(repeats.admit('slow', 20_000)).toBe(0);
});
