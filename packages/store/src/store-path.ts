import { resolve } from 'node:path';
import { ConfigError, describe } from '@panoptes/core/observer';

/**
 * The folder that a caller named, where it is now: the program may go to another one.
 *
 * @param what - for the message
 * @throws {ConfigError} when it is no path
 */
export function storePath(given: unknown, what: string): string {
  if (typeof given === 'string' && given !== '' && !given.includes('\0')) return resolve(given);
  throw new ConfigError(`${what}: expected the path of a folder, got ${describe(given)}`);
}
