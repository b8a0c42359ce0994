import { join } from 'node:path';
import { build, neededBuild } from './build.mjs';
import { install, needsInstall } from './install.mjs';
import { withLock } from './lock.mjs';

/**
 * Brings the checkout to where it can run, doing only what is missing. Says in a line what it does;
 * when there is nothing to do it writes nothing, neither to the terminal nor to the disk.
 *
 * @param {string} root the checkout
 * @param {(line: string) => void} [say]
 * @returns {Promise<void>}
 * @throws {import('./setup-error.mjs').SetupError} when the installer or the compiler failed
 */
export async function prepare(root, say = (line) => console.error(line)) {
  if (isReady(root)) return;
  const lock = join(root, 'node_modules/.panoptes/lock');
  // Looked at again behind the lock: whoever held it has probably done the work.
  await withLock(
    lock,
    () => prepareAlone(root, say),
    () => say('setup: waiting for another set-up of this checkout to finish …'),
  );
}

/** @param {string} root */
function isReady(root) {
  return !needsInstall(root) && neededBuild(root) === 'nothing';
}

/**
 * @param {string} root
 * @param {(line: string) => void} say
 */
async function prepareAlone(root, say) {
  if (needsInstall(root)) {
    say('setup: installing the dependencies …');
    await install(root);
  }
  const extent = neededBuild(root);
  if (extent === 'nothing') return;
  say('setup: building the packages …');
  await build(root, extent);
}
