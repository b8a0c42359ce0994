import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What every observer's thread loads, in one file with all that it imports. Only its entry acts when loaded. */
const ofThreads = /\/dist\/(?:observer\.js$|runtime\/(?!worker-entry))/;

/**
 * What each package ships: what the compiler made of it, in few files. A thread that starts, and a
 * command, find, read and link a tenth as many, which took longer than the rest of their start.
 *
 * Entries are what others import by the package's name, what its command starts with, and each module
 * that is given to a thread by its URL, as in `fileBeside(import.meta.url, './x.js')`; they keep their
 * paths. All other modules come to lie at the top.
 */
const packages = readdirSync(new URL('packages/', import.meta.url))
  .map((name) => fileURLToPath(new URL(`packages/${name}/`, import.meta.url)))
  .filter((folder) => existsSync(`${folder}package.json`))
  .map((folder) => ({
    input: entries(folder),
    platform: 'node',
    // Not the bundler's own helpers, as for a template with '</script': users do not have them.
    external: /^(?!@oxc-project)[^./]/,
    tsconfig: false,
    treeshake: false,
    preserveEntrySignatures: 'strict',
    resolve: { symlinks: false },
    plugins: [besides(`${folder}dist/`)],
    output: {
      dir: `${folder}lib`,
      cleanDir: true,
      entryFileNames: '[name].js',
      chunkFileNames: 'shared-[name].js',
      codeSplitting: { groups: [{ name: 'thread', test: ofThreads }] },
    },
  }));

/** The page of the dashboard, as a browser loads it: with all that it imports, from the package itself. */
const page = {
  input: { page: fileURLToPath(new URL('packages/dashboard/client/main.tsx', import.meta.url)) },
  platform: 'browser',
  tsconfig: fileURLToPath(new URL('packages/dashboard/client/tsconfig.json', import.meta.url)),
  plugins: [unchanged(['client/index.html', 'client/icon.svg', 'client/styles/'])],
  output: {
    dir: fileURLToPath(new URL('packages/dashboard/lib/page', import.meta.url)),
    minify: true,
    entryFileNames: '[name].js',
  },
};

export default [...packages, page];

/**
 * The files of a package that its manifest names, by their paths without an ending.
 *
 * @param {string} folder
 */
function entries(folder) {
  const { exports, bin } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8'));
  const targets = Object.values(exports).map((target) => target.default);
  if (bin) targets.push('./lib/cli.js');
  const names = targets.flatMap((target) => {
    const [before, after] = target.slice('./lib/'.length, -'.js'.length).split('*');
    if (after === undefined) return [before];
    return readdirSync(`${folder}src/${before}`)
      .map((name) => before + name + after)
      .filter((name) => existsSync(`${folder}src/${name}.ts`));
  });
  return Object.fromEntries(names.map((name) => [name, `${folder}dist/${name}.js`]));
}

/**
 * Makes an entry of each module that another finds by its URL, and has that find it from the top.
 *
 * @param {string} dist
 * @returns {import('rolldown').Plugin}
 */
function besides(dist) {
  return {
    name: 'besides',
    transform: {
      filter: { code: 'fileBeside(import.meta.url' },
      handler(code, id) {
        const from = posix.dirname(id.slice(dist.length));
        return code.replace(
          /(?<=fileBeside\(import\.meta\.url, ')(\.[^']*\.js)(?='\))/g,
          (path) => {
            const fileName = posix.join(from, path);
            this.emitFile({ type: 'chunk', id: dist + fileName, fileName });
            return `./${fileName}`;
          },
        );
      },
    },
  };
}

/**
 * Ships files of the dashboard as they are, and the styles of the charts.
 *
 * @param {string[]} paths of files, and of folders, which end in a slash
 * @returns {import('rolldown').Plugin}
 */
function unchanged(paths) {
  const folder = fileURLToPath(new URL('packages/dashboard/', import.meta.url));
  const files = paths.flatMap((path) =>
    path.endsWith('/') ? readdirSync(folder + path).map((name) => path + name) : [path],
  );
  return {
    name: 'unchanged',
    generateBundle() {
      for (const file of [...files, 'node_modules/uplot/dist/uPlot.min.css']) {
        const source = readFileSync(folder + file);
        this.emitFile({ type: 'asset', fileName: posix.basename(file).toLowerCase(), source });
      }
    },
  };
}
