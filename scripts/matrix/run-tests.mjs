import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { installerEnvironment } from '../setup/install.mjs';

/**
 * Runs tests on a Node, whose output is this command's; programs that a test starts by name find the
 * same one.
 *
 * @param {string} root the checkout
 * @param {string} binary the Node
 * @param {readonly string[]} files files or folders; none means all
 * @returns {Promise<boolean>} whether all passed
 */
export function runTests(root, binary, files) {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const env = installerEnvironment();
  const child = spawn(binary, [vitest, 'run', ...files], {
    cwd: root,
    stdio: 'inherit',
    env: { ...env, PATH: [dirname(binary), env.PATH].join(delimiter) },
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0));
  });
}
