/**
 * Checks the code without running it: types, lint, format, side by side, as each takes one
 * processor. What one of them says is printed when it has ended; it fails if one fails.
 */
import { dirname } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { runTool } from './setup/run-tool.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const checks = ['typecheck', 'lint', 'format:check'];

/**
 * @param {string} check
 * @returns {Promise<boolean>} whether it found nothing
 */
async function run(check) {
  const how = { cwd: root, shell: process.platform === 'win32' };
  const { ok, output, error } = await runTool('npm', ['run', '--silent', check], how);
  const said = ok ? '' : (error?.message ?? output);
  console.log(`${check}: ${ok ? 'passed' : 'failed'}\n${said}`.trimEnd());
  return ok;
}

const passed = await Promise.all(checks.map(run));
process.exitCode = passed.every(Boolean) ? 0 : 1;
