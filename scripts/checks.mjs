/**
 * Checks the code without running it: types, lint, format, side by side, as each takes one
 * processor. What one of them says is printed when it has ended; it fails if one fails.
 */
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const checks = ['typecheck', 'lint', 'format:check'];

/** @returns {Promise<boolean>} whether it found nothing */
function run(check) {
  const child = spawn(`npm run --silent ${check}`, { cwd: root, shell: true });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (said += text));
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      console.log(
        `${check}: ${code === 0 ? 'passed' : 'failed'}\n${code === 0 ? '' : said}`.trimEnd(),
      );
      resolve(code === 0);
    });
  });
}

const passed = await Promise.all(checks.map(run));
process.exitCode = passed.every(Boolean) ? 0 : 1;
