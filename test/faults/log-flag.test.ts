import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commandSession } from '../fixtures/panoptes-command.js';

const panoptes = commandSession();

const run = (...args: readonly string[]) =>
  panoptes(
    ...['run', '--peers', '50', '--duration', '2h', '--observers', 'mesh', '--json'],
    ...['--fault', 'throws-in-events:mesh@1h', ...args],
  );

it('a crash is told on stderr, once, beside clean JSON', async () => {
  const { stdout, stderr } = await run('--log', 'warn');
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'pass' });
  expect(stderr).toMatch(
    /^panoptes warn {2}observer 'mesh', incarnation 1: crashed: an injected fault/m,
  );
  expect(stderr.match(/crashed/g)).toHaveLength(1);
});

it('or in a file, as JSON, at the level that is asked for', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'panoptes-'));
  const file = join(folder, 'run.log');
  try {
    expect((await run('--log', `info:${file}`)).stderr).toBe('');
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    const logged = lines.map((line) => JSON.parse(line) as { level: number; msg: string });
    expect(logged).toContainEqual(
      expect.objectContaining({ level: 40, seq: expect.any(Number) as number }),
    );
    expect(logged).toContainEqual(expect.objectContaining({ level: 30, msg: 'observer live' }));
  } finally {
    await rm(folder, { recursive: true });
  }
});

it.each(['loud', 'warn:', 'warn:/no/such/folder/run.log'])(
  '--log %s is refused in a sentence',
  async (log) => {
    const { code, stdout, stderr } = await run('--log', log);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^panoptes: --log: .+\n$/);
  },
);
