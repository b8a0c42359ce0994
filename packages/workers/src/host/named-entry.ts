import { existsSync } from 'node:fs';
import { ConfigError, describe } from '@panoptes/core';
import { moduleUrl } from '../module-url.js';

/**
 * The module with which threads start, as a program names its own.
 *
 * @throws {ConfigError} when it is no URL of a file, or there is no such file
 */
export function namedEntry(entry: URL | string): URL {
  const url = moduleUrl('workerEntry', entry);
  if (url.protocol !== 'file:' || existsSync(url)) return url;
  throw new ConfigError(`option 'workerEntry': there is no file ${describe(url.href)}`);
}
