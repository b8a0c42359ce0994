import { links } from './module-links.js';
import { resolver } from './module-resolver.js';
import { isCode, type ProjectFile, type Rule } from './project-file.js';

interface Edge {
  to: string;
  line: number;
}

/**
 * No file imports itself by way of others, within a package or across. Imports of types count as
 * well: whoever reads one file of a circle has to read all of them. `import()` comes later.
 */
export const importCycles: Rule = (files) => {
  const edges = importGraph(files);
  return cycles(edges).map((cycle) => {
    const [path = '', next = path] = cycle;
    const line = edges.get(path)?.find((edge) => edge.to === next)?.line ?? 1;
    return { path, line, message: [...cycle, path].join(' → ') };
  });
};

function importGraph(files: readonly ProjectFile[]): Map<string, Edge[]> {
  const resolve = resolver(files);
  return new Map(
    files
      .filter(({ path }) => isCode(path))
      .map((file) => [
        file.path,
        links(file).flatMap(({ kind, specifier, line }) => {
          const counts = kind === 'static' || kind === 'type';
          const to = counts ? resolve(file.path, specifier) : undefined;
          return to === undefined ? [] : [{ to, line }];
        }),
      ]),
  );
}

/**
 * The cycles that a depth-first walk closes: at least one for every group of files that import each
 * other, each as the files along it.
 */
function cycles(edges: Map<string, Edge[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push(trail.slice(start));
    if (start >= 0 || done.has(path)) return;
    trail.push(path);
    for (const { to } of edges.get(path) ?? []) visit(to);
    trail.pop();
    done.add(path);
  };
  for (const path of edges.keys()) visit(path);
  return found;
}
