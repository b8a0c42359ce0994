import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The folders of the workspace: the root itself as `.`, then every package under packages/.
 *
 * @param {string} root
 * @returns {string[]} paths relative to the root, in a fixed order
 */
export function workspaceFolders(root) {
  const packages = join(root, 'packages');
  const names = existsSync(packages) ? readdirSync(packages).sort() : [];
  const folders = names.map((name) => `packages/${name}`);
  return ['.', ...folders.filter((folder) => existsSync(join(root, folder, 'package.json')))];
}

/**
 * Every file below a folder, in a fixed order.
 *
 * @param {string} root
 * @param {string} folder relative to the root; it need not exist
 * @returns {string[]} paths relative to the root
 */
export function filesBelow(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(root, path) : [path];
    });
}

/**
 * A digest that changes when one of the files changes, by content; a missing file is a state too.
 *
 * @param {string} root
 * @param {string[]} files relative to the root
 * @param {string[]} [facts] whatever else the result depends on
 * @returns {string} sha256, hex
 */
export function contentDigest(root, files, facts = []) {
  const hash = createHash('sha256').update(JSON.stringify([facts, files]));
  for (const file of files) {
    const path = join(root, file);
    hash.update(existsSync(path) ? `\n${statSync(path).size}\n` : '\nmissing\n');
    if (existsSync(path)) hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}

/**
 * A digest that changes when one of the files is written, by size and time: quick enough to take
 * over all sources at every start.
 *
 * @param {string} root
 * @param {string[]} files relative to the root; all must exist
 * @returns {string} sha256, hex
 */
export function stateDigest(root, files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file}\n${size}\n${mtimeMs}\n`);
  }
  return hash.digest('hex');
}
