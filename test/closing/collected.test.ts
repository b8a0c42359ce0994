import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('../fixtures/collected-program.mjs', import.meta.url));

/** Megabytes of a log. */
const logMb = 16;

it.each([
  'no observer',
  'an inline observer',
  'an observer',
  'a watch that was left',
  'a wait after its end',
  'a critical observer that was unregistered',
  'callers that ended',
])('a registry that was closed leaves no memory behind, with %s', async (use) => {
  const args = ['--expose-gc', program, use];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 100_000 });
  const [, first, ...rest] = stdout.trim().split('\n').map(Number);
  expect(rest).toHaveLength(7);
  expect(rest.at(-1)! - first!).toBeLessThan(2 * logMb);
});
