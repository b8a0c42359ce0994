import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commandSession, endOf, panoptes, startPanoptes } from '../fixtures/panoptes-command.js';
import { until } from '../fixtures/until.js';

const inSession = commandSession();

const folder = mkdtempSync(join(tmpdir(), 'panoptes-'));
const scenarioOf = (name: string, duration: string): string => {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(
    file,
    `version: 1
name: ${name}
population: { peers: 50 }
phases: [{ kind: steady, duration: ${duration} }]
observers: [{ use: mesh, host: inline }]
sweep: { grid: { population.peers: [10, 20] }, threads: 1 }
`,
  );
  return file;
};
const long = scenarioOf('long', '30d');
const short = scenarioOf('short', '20m');

it.each([
  ['a sweep', ['sweep', '--out'], '.panoptes.lock', []],
  ['a run', ['run', '--out'], '.panoptes.lock', ['--speed', '60x']],
  ['a recording', ['run', '--record'], '', ['--speed', '60x']],
] as const)(
  '%s keeps others from its output, until it has ended or died',
  async (what, args, lock, more) => {
    const [command, flag] = args;
    const out = join(folder, what);
    const lockFile = lock === '' ? `${out}.lock` : join(out, lock);
    const first = startPanoptes(command, long, flag, out, ...more);
    const ended = endOf(first);
    await until('the first has begun', () => existsSync(lockFile));
    const others = [
      [command, short, flag, out],
      ...(command === 'sweep'
        ? [
            ['sweep', short, '--out', out, '--fresh'],
            ['run', short, '--out', out],
          ]
        : []),
    ];
    for (const other of others) {
      const { code, stderr } = await inSession(...other);
      expect(code).toBe(2);
      expect(stderr).toContain(
        `panoptes: ${flag === '--record' ? 'the recording' : `${flag}:`} ${out} is being written by another command (process ${first.pid!})`,
      );
    }
    // What it leaves behind is in nobody's way.
    first.kill('SIGKILL');
    await ended;
    expect(existsSync(lockFile)).toBe(true);
    const { code } = await inSession(
      command,
      short,
      flag,
      out,
      ...(command === 'sweep' ? ['--fresh'] : []),
    );
    expect(code).toBe(0);
    expect(existsSync(lockFile)).toBe(false);
  },
);

it('a lock of a process whose number another one has now is in nobody’s way', async () => {
  const out = join(folder, 'reused');
  expect((await inSession('run', short, '--out', out)).code).toBe(0);
  const owner = { pid: process.pid, host: hostname(), started: '1' };
  writeFileSync(join(out, '.panoptes.lock'), `${JSON.stringify(owner)}\n`);
  expect((await inSession('run', short, '--out', out)).code).toBe(0);
});

it('two sweeps that begin at once in one folder: one goes on, and the table is its own', async () => {
  const out = join(folder, 'race');
  const endings = await Promise.all([1, 2, 3].map(() => panoptes('sweep', short, '--out', out)));
  expect(endings.map(({ code }) => code).filter((code) => code !== 0 && code !== 2)).toEqual([]);
  expect(endings.some(({ code }) => code === 0)).toBe(true);
  const { rows } = JSON.parse(readFileSync(join(out, 'sweep.json'), 'utf8')) as {
    rows: readonly { runs: number }[];
  };
  expect(rows.map(({ runs }) => runs)).toEqual([1, 1]);
});
