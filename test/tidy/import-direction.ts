import { links } from './module-links.js';
import { joined, packageOf } from './module-resolver.js';
import { isCode, isForTests, type Rule } from './project-file.js';

/** From the bottom up: a package imports only from those before it. */
const order = ['core', 'workers', 'sim'];

/** What core must not know: an observer's thread is somebody else's business. */
const threads = ['node:worker_threads', 'worker_threads', 'comlink'];

/**
 * Imports run sim → workers → core, relative ones stay within their package, and core knows neither
 * threads nor Comlink (its tests do: they race the log on real ones). Types count like values.
 * Examples import what a user could.
 */
export const importDirection: Rule = (files) =>
  files
    .filter(({ path }) => isCode(path))
    .flatMap((file) =>
      links(file).flatMap(({ specifier, line, kind }) => {
        const message = complaint(file.path, specifier, kind === 'url');
        return message === undefined ? [] : [{ path: file.path, line, message }];
      }),
    );

function complaint(from: string, specifier: string, isUrl: boolean): string | undefined {
  const home = packageOf(from) ?? (from.startsWith('examples/') ? 'examples' : undefined);
  if (home === undefined) return undefined;
  if (/^\.\.?\//.test(specifier)) {
    const target = joined(from, specifier);
    // A test may name any file; it only must not borrow another package's code.
    if (target.startsWith(`${home}/`) || (isUrl && isForTests(from))) return undefined;
    return `${specifier} leaves ${home}`;
  }
  const own = order.indexOf(home.replace('packages/', ''));
  const other = order.findIndex((name) => new RegExp(`^@panoptes/${name}(/|$)`).test(specifier));
  if (own >= 0 && other >= own) return `${order[own]!} must not import ${specifier}`;
  if (own === 0 && threads.includes(specifier) && !isForTests(from))
    return `core must not import ${specifier}`;
  return undefined;
}
