import { expect, it } from 'vitest';
import { gamma } from './gamma.js';

it.each([
  [1, 1],
  [2, 1],
  [3.5, 3.323350970447843],
  [5, 24],
  [6, 120],
])('the gamma function of %d is %d', (x, y) => {
  expect(gamma(x)).toBeCloseTo(y, 9);
});
