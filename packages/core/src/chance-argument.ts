import type { Chance } from './clock.js';
import { ConfigError, describe } from './errors.js';
import { toldNumber } from './told-number.js';

/**
 * Checks a source of chance that a caller hands in: a function that gives a number from 0 up to, and never, 1, at once.
 * Found later, what is no number would be how long a restart waits.
 *
 * @throws {ConfigError} when it is none
 */
export function checkChance(chance: unknown): asserts chance is Chance {
  const option = `option 'chance': expected`;
  if (typeof chance !== 'function') {
    throw new ConfigError(`${option} a function, got ${describe(chance)}`);
  }
  const expected = `${option} a function that returns a number from 0 up to 1`;
  const told = toldNumber(expected, chance as Chance);
  if (told < 0 || told >= 1) throw new ConfigError(`${expected}, got ${told}`);
}
