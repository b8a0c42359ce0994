/**
 * Checks the code and runs the tests. Lint takes the longest of the checks; the others are made beside
 * it, and then the tests begin, so that no processor waits. What a check says is printed when it has
 * ended; one that fails ends it all.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { runTool } from './setup/run-tool.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * @param {string} check
 * @returns {Promise<boolean>} whether it found nothing
 */
async function passes(check) {
  const how = { cwd: root, shell: process.platform === 'win32' };
  const { ok, output, error } = await runTool('npm', ['run', '--silent', check], how);
  const said = ok ? '' : (error?.message ?? output);
  console.log(`${check}: ${ok ? 'passed' : 'failed'}\n${said}`.trimEnd());
  return ok;
}

/**
 * Runs the tests, or those that the arguments name, until they have ended or a check fails.
 *
 * @param {Promise<boolean>} check
 * @returns {Promise<boolean>} whether all passed
 */
async function testsPass(check) {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', ...process.argv.slice(2)];
  const tests = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  void check.then((passed) => passed || tests.kill());
  const [code] = await once(tests, 'close');
  return code === 0;
}

const lint = passes('lint');
const isSound = (await passes('typecheck')) && (await passes('format:check'));
const isTested = isSound && (await testsPass(lint));
process.exitCode = (await lint) && isTested ? 0 : 1;
