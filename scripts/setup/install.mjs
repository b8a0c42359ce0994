import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { installComplaint } from './complaints.mjs';
import { contentDigest, workspaceFolders } from './fingerprint.mjs';
import { runTool } from './run-tool.mjs';
import { SetupError } from './setup-error.mjs';
import { Stamp } from './stamp.mjs';

/** The one place that pins the package manager; npx fetches it, the user needs nothing but npm. */
const pnpmVersion = '12.21.0';

/**
 * What the installed dependencies depend on: the lockfile, the manifests, the workspace's settings,
 * and the Node they were installed for.
 *
 * @param {string} root
 * @param {Pick<NodeJS.Process, 'versions' | 'platform' | 'arch'>} [node]
 * @returns {string} sha256, hex
 */
export function installDigest(root, node = process) {
  const manifests = workspaceFolders(root).map((folder) => `${folder}/package.json`);
  return contentDigest(
    root,
    ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests],
    [pnpmVersion, node.versions.modules, node.platform, node.arch],
  );
}

/**
 * Whether the dependencies must be installed: never done, not finished, done for something else, or
 * damaged since.
 *
 * @param {string} root
 * @returns {boolean}
 */
export function needsInstall(root) {
  return new Stamp(root, 'install').read() !== installDigest(root) || missingModule(root);
}

/**
 * Installs exactly what the lockfile says.
 *
 * @param {string} root
 * @returns {Promise<void>}
 * @throws {SetupError} one sentence for the user and the end of the installer's output
 */
export async function install(root) {
  const stamp = new Stamp(root, 'install');
  stamp.clear();
  const result = await runPnpm(root, [
    'install',
    '--frozen-lockfile',
    '--prefer-offline',
    // Nobody is there to answer when it asks, least of all in continuous integration.
    '--config.confirmModulesPurge=false',
    // Or pnpm trusts its own note of the last install and does not see what is missing.
    '--config.optimisticRepeatInstall=false',
  ]);
  if (!result.ok) throw new SetupError(installComplaint(result), result.tail);
  stamp.write(installDigest(root));
}

/**
 * Runs the pinned package manager.
 *
 * @param {string} cwd
 * @param {string[]} args
 */
export function runPnpm(cwd, args) {
  return runTool('npx', ['--yes', `--package=pnpm@${pnpmVersion}`, '--', 'pnpm', ...args], {
    cwd,
    env: installerEnvironment(),
    shell: process.platform === 'win32',
  });
}

/**
 * The environment for npm and what it starts.
 *
 * @returns {NodeJS.ProcessEnv}
 */
export function installerEnvironment() {
  const env = {
    ...process.env,
    // By default npm retries for over a minute before it says that there is no network.
    npm_config_fetch_retries: '2',
    npm_config_fetch_retry_mintimeout: '500',
    npm_config_fetch_retry_maxtimeout: '2000',
  };
  // "production" would leave out the compiler, which the build needs.
  delete env.NODE_ENV;
  // Inside another npx, that one's --package and --call would be inherited.
  delete env.npm_config_package;
  delete env.npm_config_call;
  return env;
}

/** @param {string} root */
function missingModule(root) {
  return workspaceFolders(root).some((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    return names.some((name) => !existsSync(join(root, folder, 'node_modules', name)));
  });
}
