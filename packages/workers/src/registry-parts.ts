import { ConfigError, describe } from '@panoptes/core';

/** What is called on each of the things that a registry may be given. */
const methods = {
  clock: ['now', 'monotonic', 'after'],
  logger: ['child', 'info', 'warn', 'error', 'fatal'],
} as const;

/**
 * Checks what a registry is given to work with, beside its options: found later, what is none of it
 * would be taken for a bug of the registry.
 *
 * @throws {ConfigError} naming what is not what it should be
 */
export function checkParts(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigError(`options: expected an object, got ${describe(options)}`);
  }
  const given = options as Readonly<Record<string, unknown>>;
  for (const [option, names] of Object.entries(methods)) {
    const part = given[option];
    if (part === undefined || (option === 'logger' && part === false)) continue;
    const has = (name: string) =>
      typeof (part as Record<string, unknown> | null)?.[name] === 'function';
    if (names.every(has)) continue;
    const expected = `an object with the methods ${names.join(', ')}`;
    throw new ConfigError(`option '${option}': expected ${expected}, got ${describe(part)}`);
  }
  const { chance } = given;
  if (chance === undefined || typeof chance === 'function') return;
  throw new ConfigError(`option 'chance': expected a function, got ${describe(chance)}`);
}
