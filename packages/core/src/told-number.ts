import { types } from 'node:util';
import { ConfigError, describe } from './errors.js';

/**
 * The number that a caller's function gives at once.
 *
 * @param expected - for the message: which option, and what was expected of it
 * @throws {ConfigError} when it gives none, or throws
 */
export function toldNumber(expected: string, tell: () => unknown): number {
  let told: unknown;
  try {
    told = tell();
  } catch (cause) {
    throw new ConfigError(`${expected}; it threw`, { cause });
  }
  if (typeof told === 'number' && Number.isFinite(told)) return told;
  // That it comes to nothing is said here: unheard, it would end the program.
  if (types.isPromise(told)) told.catch(() => undefined);
  const got = types.isPromise(told) ? 'a promise' : describe(told);
  throw new ConfigError(`${expected}, got ${got}`);
}
