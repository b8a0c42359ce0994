import { URL, fileURLToPath } from 'node:url';
import { ConfigError, describe } from '@panoptes/core';

/**
 * Reads the URL of a module that threads are to load. It may be of any class: test environments have
 * URLs of their own.
 *
 * @param option - for messages
 * @param given - a URL, or its text
 * @throws {ConfigError} when it is none, or one that no thread can load
 */
export function moduleUrl(option: string, given: unknown): URL {
  const text = textOf(given);
  if (typeof text !== 'string' || !URL.canParse(text)) {
    throw new ConfigError(
      `option '${option}': expected the URL of a module, as in new URL('./x.js', import.meta.url) ` +
        `or import.meta.resolve('./x.js'), got ${describe(given)}`,
    );
  }
  const url = new URL(text);
  if (url.protocol === 'file:') checkPath(option, url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return url;
  throw new ConfigError(
    `option '${option}': expected the URL of a file, got ${describe(text)}; where a bundler or a ` +
      `test environment such as jsdom turns new URL('./x.js', import.meta.url) into the address of ` +
      `a page, write import.meta.resolve('./x.js')`,
  );
}

/** The text of a URL; undefined for what cannot be read. */
function textOf(given: unknown): unknown {
  try {
    return typeof given === 'object' && given !== null ? (given as { href?: unknown }).href : given;
  } catch {
    return undefined;
  }
}

/** Not every URL of a file is one here: it may name another host, or hold what no path does. */
function checkPath(option: string, url: URL): void {
  try {
    fileURLToPath(url);
  } catch (cause) {
    throw new ConfigError(
      `option '${option}': expected the URL of a file, got ${describe(url.href)}`,
      { cause },
    );
  }
}
