import { existsSync } from 'node:fs';
import { ConfigError, describe } from '@panoptes/core';
import { moduleUrl } from '../module-url.js';

/**
 * The module with which threads or processes start, as a program names its own.
 *
 * @throws {ConfigError} when it is no URL of a file, or there is no such file
 */
export function namedEntry(option: keyof NamedEntries, entry: URL | string): URL {
  const url = moduleUrl(option, entry);
  if (url.protocol !== 'file:' || existsSync(url)) return url;
  throw new ConfigError(`option '${option}': there is no file ${describe(url.href)}`);
}

/** Modules that a program names in place of those that were installed. */
export interface NamedEntries {
  /**
   * The module with which the threads of observers start, a URL or its text: for programs that are
   * bundled, and for what is to be loaded before any observer. It must import
   * `@panoptes/workers/worker`, or be made of it. Default: that module as it was installed.
   */
  readonly workerEntry?: URL | string;
  /**
   * The module with which the thread starts that relays between this process and those of observers,
   * likewise: it is made of `@panoptes/workers/relay`. Only for programs that are bundled and have
   * observers with `host: 'process'`.
   */
  readonly relayEntry?: URL | string;
  /**
   * The module with which the processes of observers start, likewise: it is made of, or imports,
   * `@panoptes/workers/process`. In a sandbox they may read the folder in which it lies.
   */
  readonly processEntry?: URL | string;
}

/** The names of these options. */
export const entryNames = ['workerEntry', 'relayEntry', 'processEntry'] as const;
