import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { installerEnvironment } from '../setup/install.mjs';
import { runTool } from '../setup/run-tool.mjs';
import { SetupError } from '../setup/setup-error.mjs';

/**
 * A Node of a major version: this one if it is, else the one from npm's package `node`, which is
 * downloaded when it is not there yet. Deleting its folder gets a newer one.
 *
 * @param {string} root the checkout
 * @param {number} major
 * @param {{ binary: string, version: string }} [own] the Node that runs this
 * @returns {Promise<{ binary: string, version: string }>}
 * @throws {SetupError} when it cannot be had
 */
export async function nodeBinary(
  root,
  major,
  own = { binary: process.execPath, version: process.versions.node },
) {
  if (Number.parseInt(own.version, 10) === major) return own;
  const folder = join(root, 'node_modules/.panoptes/nodes', String(major));
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const binary = join(folder, 'node_modules/node/bin', name);
  if (!existsSync(binary)) await download(folder, major);
  const [version] = execFileSync(binary, ['-p', 'process.versions.node'], {
    encoding: 'utf8',
  }).split('\n');
  return { binary, version };
}

/**
 * @param {string} folder
 * @param {number} major
 */
async function download(folder, major) {
  mkdirSync(folder, { recursive: true });
  const result = await runTool(
    'npm',
    ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, `node@${major}`],
    { cwd: folder, env: installerEnvironment(), shell: process.platform === 'win32' },
  );
  if (result.ok) return;
  // Half of it would be taken for all of it the next time.
  rmSync(folder, { recursive: true, force: true });
  throw new SetupError(
    `Node ${major} could not be downloaded from npm: mend what its last lines say and run the same command again.`,
    result.tail,
  );
}
