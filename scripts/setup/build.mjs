import { statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { buildComplaint } from './complaints.mjs';
import { contentDigest, filesBelow, stateDigest, workspaceFolders } from './fingerprint.mjs';
import { installDigest } from './install.mjs';
import { runTool } from './run-tool.mjs';
import { SetupError } from './setup-error.mjs';
import { Stamp } from './stamp.mjs';

/**
 * What a finished build leaves in its stamp.
 * @typedef {{ inputs: string, outputs: string[] }} BuildStamp digest of the sources, files written
 */

/**
 * How much must be built. `changed`: the sources moved on since a whole build, so the compiler's own
 * notes can be trusted. `all`: there was no whole build, or some of its files are gone; those notes
 * may then claim files that do not exist.
 *
 * @param {string} root
 * @returns {'nothing' | 'changed' | 'all'}
 */
export function neededBuild(root) {
  const stamp = /** @type {BuildStamp | undefined} */ (new Stamp(root, 'build').read());
  if (!stamp || stamp.outputs.some((file) => isMissing(join(root, file)))) return 'all';
  return stamp.inputs === buildDigest(root) ? 'nothing' : 'changed';
}

/**
 * Compiles the packages, and makes of what was compiled the few files that they ship.
 *
 * @param {string} root
 * @param {'changed' | 'all'} extent
 * @returns {Promise<void>}
 * @throws {SetupError} one sentence for the user and the end of what the tool printed
 */
export async function build(root, extent) {
  const stamp = new Stamp(root, 'build');
  stamp.clear();
  // Taken before compiling: a file saved meanwhile must count as changed at the next run.
  const inputs = buildDigest(root);
  await run(
    'typescript/bin/tsc',
    '-b',
    '--pretty',
    'false',
    ...(extent === 'all' ? ['--force'] : []),
  );
  await run('rolldown/bin/cli.mjs', '--config');
  const built = ['dist', 'lib'];
  const outputs = workspaceFolders(root).flatMap((folder) =>
    built.flatMap((part) => filesBelow(root, `${folder}/${part}`)),
  );
  stamp.write({ inputs, outputs });

  /**
   * @param {string} tool
   * @param {string[]} args
   */
  async function run(tool, ...args) {
    const command = [join(root, 'node_modules', tool), ...args];
    const result = await runTool(process.execPath, command, { cwd: root });
    if (!result.ok) throw new SetupError(buildComplaint(result), result.tail);
  }
}

/** @param {string} root */
function buildDigest(root) {
  const folders = workspaceFolders(root);
  const settings = [
    'tsconfig.base.json',
    'tsconfig.json',
    'rolldown.config.js',
    ...folders.map((folder) => `${folder}/tsconfig.json`),
  ];
  const sources = folders.flatMap((folder) =>
    ['src', 'client'].flatMap((part) => filesBelow(root, `${folder}/${part}`)),
  );
  return contentDigest(root, settings, [installDigest(root), stateDigest(root, sources)]);
}

/**
 * Missing or empty: an interrupted write can leave an empty file, the compiler never does.
 *
 * @param {string} path
 */
function isMissing(path) {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0;
}
