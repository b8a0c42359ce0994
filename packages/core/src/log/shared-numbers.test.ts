import { expect, it } from 'vitest';
import { SharedNumbers } from './shared-numbers.js';

it('shared numbers are the same ones wherever their memory is', () => {
  const one = new SharedNumbers(3);
  const other = new SharedNumbers(one.buffer);
  expect([0, 1, 2].map((place) => other.get(place))).toEqual([0, 0, 0]);
  one.set(1, -7);
  other.set(2, 2 ** 31 - 1);
  expect([0, 1, 2].map((place) => one.get(place))).toEqual([0, -7, 2 ** 31 - 1]);
});

it('a shared number is claimed once', () => {
  const numbers = new SharedNumbers(1);
  numbers.claim(0, 5);
  numbers.claim(0, 6);
  expect(numbers.get(0)).toBe(5);
});
