import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('../fixtures/cleaning-program.mjs', import.meta.url));

it('R4 after 500 observers have come and gone nothing of them is left', async () => {
  const run = promisify(execFile)(process.execPath, ['--expose-gc', program]);
  const { stdout, stderr } = await run;
  expect(stderr).toBe('');
  const found = JSON.parse(stdout) as Record<string, number>;
  expect(found).toMatchObject({ threads: 0, ports: 0, timers: 0 });
  // The last may still be held by a frame of the engine's.
  expect(found['left']).toBeLessThanOrEqual(1);
  // Each would leave a board of 34 KiB behind, were it held: 13 MB in all.
  expect(found['growth']).toBeLessThan(2 * 1024 * 1024);
});
