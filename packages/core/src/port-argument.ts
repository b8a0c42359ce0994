import { ConfigError, describe } from './errors.js';

/**
 * Checks an object that a caller hands in to be called, such as a clock: found later, a missing method
 * would be taken for a bug of its user.
 *
 * @param option - for the message
 * @param methods - what is called on it
 * @throws {ConfigError} when it does not have these methods
 */
export function checkPort(option: string, part: unknown, methods: readonly string[]): void {
  const expected = `option '${option}': expected an object with the methods ${methods.join(', ')}`;
  let isWhole: boolean;
  try {
    const given = part as Readonly<Record<string, unknown>> | null | undefined;
    isWhole = methods.every((name) => typeof given?.[name] === 'function');
  } catch (cause) {
    throw new ConfigError(`${expected}; it threw`, { cause });
  }
  if (!isWhole) throw new ConfigError(`${expected}, got ${describe(part)}`);
}
