import { links } from './module-links.js';
import { joined, packageOf } from './module-resolver.js';
import { isCode, isForTests, type Rule } from './project-file.js';

/** From the bottom up: a package imports only from those before it. */
const order = [
  'core',
  'tracing',
  'store',
  'workers',
  'cluster',
  'dashboard',
  'testkit',
  'sim',
  'bench',
];

/** What packages must not know, whatever stands below them. */
const unknown: Readonly<Record<string, readonly string[]>> = {
  // An observer's thread is somebody else's business.
  core: ['node:worker_threads', 'worker_threads', 'comlink'],
  // Where peers are kept, and who traces them, is for whoever makes a registry to say.
  workers: ['@panoptes/store', '@panoptes/cluster', '@panoptes/tracing'],
  dashboard: ['@panoptes/store', '@panoptes/cluster', '@panoptes/tracing'],
  store: ['@panoptes/tracing'],
  cluster: ['@panoptes/store', '@panoptes/tracing'],
  // Who tests an observer has no need of a command.
  testkit: [
    ...['@panoptes/store', '@panoptes/cluster', '@panoptes/tracing', '@panoptes/dashboard'],
    ...['commander', 'yaml', 'piscina', 'pino'],
    ...['cli-progress', 'cli-table3', 'picocolors', 'string-width'],
  ],
};

/**
 * Imports run bench → sim → testkit → workers → core, sim → store → core, sim → cluster → workers,
 * dashboard → workers and tracing → core; relative ones stay within their package, and some packages
 * must not know what others use: core neither threads nor Comlink (its tests do: they race the log on
 * real ones), testkit nothing of a command's. Types count like values. Examples import what a user could.
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
  const name = home.replace('packages/', '');
  const own = order.indexOf(name);
  const other = order.findIndex((one) => new RegExp(`^@panoptes/${one}(/|$)`).test(specifier));
  const isUnknown = !isForTests(from) && (unknown[name] ?? []).includes(specifier);
  return isUnknown || (own >= 0 && other >= own)
    ? `${name} must not import ${specifier}`
    : undefined;
}
