import { isCode, type ProjectFile } from './project-file.js';

/** The package that owns a path, such as `packages/core`; undefined outside of packages/. */
export function packageOf(path: string): string | undefined {
  return /^packages\/[^/]+/.exec(path)?.[0];
}

/** Finds the project's own file that a specifier means; undefined for anything else. */
export type Resolve = (from: string, specifier: string) => string | undefined;

/** Builds the resolver for a set of files; packages are known by their package.json. */
export function resolver(files: readonly ProjectFile[]): Resolve {
  const paths = new Set(files.filter(({ path }) => isCode(path)).map(({ path }) => path));
  const packages = packageEntries(files);
  return (from, specifier) => {
    const target = /^\.\.?\//.test(specifier)
      ? joined(from, specifier)
      : packages.flatMap((entry) => entry(specifier) ?? [])[0];
    return target === undefined ? undefined : sourcesOf(target).find((path) => paths.has(path));
  };
}

/** What a relative specifier points to, from the root. */
export function joined(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

/** The sources that a path in compiled or written form may come from, likeliest first. */
function sourcesOf(path: string): string[] {
  const source = path.replace(/^(packages\/[^/]+)\/(?:dist|lib)\//, '$1/src/');
  return [source, source.replace(/\.(d\.)?([cm]?)[jt]s$/, '.$2ts'), path];
}

/**
 * Asks whether package.json names a file to the outside, under `exports`; who uses it is not for
 * this project to know.
 */
export function publicFiles(files: readonly ProjectFile[]): (path: string) => boolean {
  const patterns = manifests(files).flatMap(({ folder, manifest }) =>
    Object.values(manifest.exports ?? {}).map((to) => {
      const [source = ''] = sourcesOf(`${folder}/${withoutDot(to.default)}`).slice(1);
      return new RegExp(`^${source.replaceAll('.', '\\.').replaceAll('*', '[^/]+')}$`);
    }),
  );
  return (path) => patterns.some((pattern) => pattern.test(path));
}

interface Manifest {
  name?: string;
  exports?: Record<string, { default: string }>;
}

function manifests(files: readonly ProjectFile[]): { folder: string; manifest: Manifest }[] {
  return files.flatMap(({ path, text }) => {
    const folder = /^(packages\/[^/]+)\/package\.json$/.exec(path)?.[1];
    return folder === undefined ? [] : [{ folder, manifest: JSON.parse(text) as Manifest }];
  });
}

function packageEntries(
  files: readonly ProjectFile[],
): ((specifier: string) => string | undefined)[] {
  return manifests(files).flatMap(({ folder, manifest }) =>
    Object.entries(manifest.exports ?? {}).map(([key, to]) => {
      const [head = '', tail] = `${manifest.name ?? ''}${key.slice(1)}`.split('*');
      return (specifier: string) => {
        if (tail === undefined && specifier !== head) return undefined;
        if (!specifier.startsWith(head) || !specifier.endsWith(tail ?? '')) return undefined;
        const part = specifier.slice(head.length, specifier.length - (tail ?? '').length);
        return `${folder}/${withoutDot(to.default).replaceAll('*', part)}`;
      };
    }),
  );
}

function withoutDot(path: string): string {
  return path.replace(/^\.\//, '');
}
