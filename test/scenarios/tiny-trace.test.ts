import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { commandSession } from '../fixtures/panoptes-command.js';

const panoptes = commandSession();

const page = readFileSync(fileURLToPath(new URL('../../docs/TRACES.md', import.meta.url)), 'utf8');

it('the tiny trace of docs/TRACES.md can be replayed whole, and fitted to', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'panoptes-'));
  const [, line] = /^\$ (printf .+ > trace\.avt)$/m.exec(page)!;
  execFileSync('sh', ['-c', line!], { cwd });
  const trace = join(cwd, 'trace.avt');
  const { code, stdout } = await panoptes('replay', trace, '--json', '--strict');
  expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({
    code: 0,
    joins: 10,
    leaves: 10,
    peers: { distinct: 5 },
  });
  expect(await panoptes('fit', trace)).toMatchObject({ code: 0, stderr: '' });
});
