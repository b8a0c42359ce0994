import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const place = mkdtempSync(join(tmpdir(), 'panoptes-unbuilt-'));
afterAll(() => rmSync(place, { recursive: true }));

it('says what to do when the command has not been built', () => {
  // A copy of the command in a folder without anything that was compiled.
  const copy = join(place, 'panoptes.js');
  writeFileSync(join(place, 'package.json'), '{"type":"module"}');
  copyFileSync(fileURLToPath(new URL('../../packages/sim/bin/panoptes.js', import.meta.url)), copy);
  const { status, stderr } = spawnSync(process.execPath, [copy, 'run'], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^panoptes: not built yet\. Run .*\n$/);
});
