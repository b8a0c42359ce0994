import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type URL, pathToFileURL } from 'node:url';
import { ConfigError, fileBeside } from '@panoptes/core';

/**
 * Finds a file of this package that threads load. It lies beside this module, but not when this is
 * part of a bundle; then it is where the bundle, or the program that was started, would import it from.
 *
 * @param path - from this module
 * @param specifier - how others import it
 * @param remedy - what to do when it is in none of these places
 * @throws {ConfigError} saying so
 */
export function packageFile(path: string, specifier: string, remedy: string): URL {
  // A bundle of CommonJS has none.
  const here: string | undefined = import.meta.url;
  if (here?.startsWith('file:')) {
    const beside = fileBeside(here, path);
    if (existsSync(beside)) return beside;
  }
  for (const base of [here, pathToFileURL(`${process.cwd()}/`).href]) {
    if (!base?.startsWith('file:')) continue;
    try {
      return pathToFileURL(createRequire(base).resolve(specifier));
    } catch {
      // Not from there.
    }
  }
  throw new ConfigError(
    `${specifier} was not found, neither in its package nor from ${here ?? process.cwd()}; ` +
      remedy,
  );
}
