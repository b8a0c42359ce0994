import { types } from 'node:util';
import { ConfigError, PanoptesError, describe } from './errors.js';
import { isA } from './error-of.js';

/**
 * Copies options that a caller hands in, each read once. What is in them is not copied.
 *
 * @param what - what they are, for the message
 * @param known - names of options, which a class may have in its prototype
 * @throws {ConfigError} when they are no options at all, or cannot be read; its `cause` is what they threw
 */
export function ownRecord(
  given: unknown,
  what: string,
  known: readonly string[],
): Record<string, unknown> {
  if (typeof given !== 'object' || given === null || isCollection(given)) {
    throw new ConfigError(`${what}: expected an object, got ${describe(given)}`);
  }
  try {
    const options = given as Readonly<Record<string, unknown>>;
    const names = new Set(Object.keys(options).slice(0, mostKeys));
    for (const name of known) if (name in options) names.add(name);
    return Object.fromEntries([...names].map((name) => [name, options[name]]));
  } catch (cause) {
    if (isA(cause, PanoptesError)) throw cause;
    throw new ConfigError(`${what}: expected what can be read; it threw`, { cause });
  }
}

/** More keys than any options have: one too many is enough to refuse them. */
const mostKeys = 1_000;
/** Characters of a name that is shown whole. */
const longestName = 64;

/** Whether an object keeps its members under no names of its own: a list, a map or a set. */
export function isCollection(given: object): boolean {
  return isSequence(given) || types.isMap(given) || types.isSet(given);
}

/** Whether an object has places in place of fields: as many keys, to go through for as long. */
export function isSequence(given: object): boolean {
  return isList(given) || ArrayBuffer.isView(given) || types.isStringObject(given);
}

/** Whether a value is a list. One behind a proxy that was revoked is none any more. */
export function isList(value: unknown): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** A name from outside, as a message shows it. */
export const shortName = (name: string): string =>
  name.length > longestName ? `${name.slice(0, longestName)}…` : name;
