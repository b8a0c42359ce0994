import {
  ConfigError,
  observerTerms,
  ownRecord,
  parseOptions,
  registrationSchema,
} from '@panoptes/core';
import { hostNames } from '@panoptes/workers';
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
  const own = ownRecord(given, what, [...Object.keys(observerTerms), 'host']);
  // The registry reads it again, and fills in what a run does not.
  const { resume } = parseOptions(shape, own, what);
  if (resume === false) return own;
  throw new ConfigError(
    `${what}.resume: expected false, for the plain model of a run stores nothing for its observers`,
  );
}

const shape = registrationSchema(hostNames);
