import { ConfigError, observerTerms, ownRecord } from '@panoptes/core';
import { readRegistration } from '@panoptes/workers';
import type { PlayedObserver } from '../observers/observer-module.js';

/**
 * Copies how an observer of a run is to be registered.
 *
 * @param what - what it is, for the message
 * @throws {ConfigError} naming the option that is not one it can be
 */
export function runRegistration(
  given: unknown,
  what: string,
): NonNullable<PlayedObserver['registration']> {
  const own = ownRecord(given, what, [...Object.keys(observerTerms), 'host', 'process']);
  // The registry reads it again, and fills in what a run does not.
  const { resume, process } = readRegistration(own, what);
  if (resume !== false) {
    throw new ConfigError(
      `${what}.resume: expected false, for the plain model of a run stores nothing for its observers`,
    );
  }
  if (process === undefined) return own;
  return { ...own, process: { ...process, env: Object.fromEntries(process.env) } };
}
