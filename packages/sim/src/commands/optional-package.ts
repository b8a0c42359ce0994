import { ConfigError, packageVersion } from '@panoptes/core';

/**
 * Loads a package that only some commands need, and that need not be installed for the others.
 *
 * @param name - the package's
 * @param what - what it was asked for, to be named in the error
 * @throws {ConfigError} when it is not installed
 */
export async function loadOptional(name: string, what: string): Promise<unknown> {
  try {
    return (await import(name)) as unknown;
  } catch (cause) {
    if (!isMissing(name, cause)) throw cause;
    throw new ConfigError(
      `${what}: expected the package ${name}, which is not installed; install it beside ` +
        `@panoptes/sim: npm install ${name}@${packageVersion()}`,
      { cause },
    );
  }
}

/** Whether the package itself is not there, and not one that it needs. */
function isMissing(name: string, error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`);
}
