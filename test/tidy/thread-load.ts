import { links } from './module-links.js';
import { resolver } from './module-resolver.js';
import { isForTests, type ProjectFile, type Rule } from './project-file.js';

/** What runs on every observer's thread, whatever the observer, on a caller's, the plain model's and those of stores. */
const threadEntries = [
  'packages/workers/src/caller.ts',
  'packages/workers/src/process/child/child-entry.ts',
  'packages/workers/src/runtime/worker-entry.ts',
  'packages/sim/src/model/model-worker.ts',
  'packages/store/src/thread-entry.ts',
  'packages/cluster/src/thread-entry.ts',
];
/** Behind these lies the registry, with all that it is made of. */
const wholePackages = ['core', 'store', 'cluster', 'workers', 'testkit', 'sim', 'bench'].map(
  (name) => `packages/${name}/src/index.ts`,
);
/** What the main thread checks, reads and says things with; it takes longest to load. */
const heavyLibraries = /^(?:zod|yaml|commander|xstate|pino)(?:\/|$)/;

/**
 * A thread starts faster, and takes less memory, the less it loads: neither the entry of an observer's,
 * a caller's or the model's, nor a module that defines an observer, reaches a whole package, where a part of it
 * serves, or one of the libraries of the main thread.
 */
export const threadLoad: Rule = (files) => {
  const resolve = resolver(files);
  const byPath = new Map(files.map((file) => [file.path, file]));
  const loads = (file: ProjectFile): string[] =>
    links(file)
      .filter(({ kind }) => kind === 'static')
      .flatMap(({ specifier }) =>
        heavyLibraries.test(specifier) ? specifier : (resolve(file.path, specifier) ?? []),
      );

  /** The way from a file to a whole package or such a library, if there is one. */
  const wayFrom = (start: string): string[] | undefined => {
    const cameFrom = new Map<string, string | undefined>([[start, undefined]]);
    for (const path of cameFrom.keys()) {
      if (wholePackages.includes(path) || heavyLibraries.test(path)) {
        const way: string[] = [];
        for (let at: string | undefined = path; at !== undefined; at = cameFrom.get(at)) {
          way.unshift(at);
        }
        return way;
      }
      const file = byPath.get(path);
      for (const next of file === undefined ? [] : loads(file)) {
        if (!cameFrom.has(next)) cameFrom.set(next, path);
      }
    }
    return undefined;
  };

  return files.flatMap((file) => {
    if (!threadEntries.includes(file.path) && !definesObserver(file)) return [];
    const way = wayFrom(file.path);
    return way === undefined
      ? []
      : [{ path: file.path, line: 1, message: `loads ${way.slice(1).join(' → ')}` }];
  });
};

const definesObserver = (file: ProjectFile): boolean =>
  !isForTests(file.path) &&
  !wholePackages.includes(file.path) &&
  file.text.includes('export default') &&
  links(file).some(({ kind, names }) => kind === 'static' && names.includes('defineObserver'));
