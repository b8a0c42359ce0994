import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { interrupted } from '../fixtures/interrupted.js';
import { endOf, type JsonSummary, startPanoptes } from '../fixtures/panoptes-command.js';
import { until } from '../fixtures/until.js';

const command = fileURLToPath(new URL('../../packages/sim/bin/panoptes.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'panoptes-'));

const scenario = join(folder, 'long.yaml');
writeFileSync(
  scenario,
  `version: 1
population: { peers: 200 }
phases: [{ kind: steady, duration: 30d }]
observers: [{ use: mesh, host: inline }]
sweep: { grid: { population.peers: [100, 200] } }
`,
);
const endless = ['run', scenario, '--speed', '60x', '--json'];
const codes = [
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;
const hasReport = ({ stdout }: { stdout: string }): boolean => stdout !== '';

describe.each(codes)('%s', (signal, expected) => {
  it('leaves a report of what was done, and its files', async () => {
    const out = join(folder, signal);
    const { code, stdout } = await interrupted([...endless, '--out', out], hasReport, signal);
    expect(code).toBe(expected);
    expect((JSON.parse(stdout) as JsonSummary).interrupted).toBe(true);
    expect(readdirSync(out).sort()).toEqual([
      'junit.xml',
      'report.html',
      'series.csv',
      'summary.json',
    ]);
  });

  it('ends a sweep with its table', async () => {
    const out = join(folder, `sweep ${signal}`);
    const child = startPanoptes('sweep', scenario, '--out', out, '--json');
    const ended = endOf(child);
    await until('the sweep has begun', () => existsSync(join(out, 'journal.jsonl')));
    child.kill(signal);
    const { code, stdout } = await ended;
    expect(code).toBe(expected);
    expect(JSON.parse(stdout)).toMatchObject({ interrupted: true });
    expect(readdirSync(out)).not.toContain('.panoptes.lock');
  });
});

it.each([
  ['SIGTERM', 143, ['bench', '--suite', 'fanout', '--json']],
  ['SIGHUP', 129, ['faults', '--matrix', 'never-resolves', '--json']],
] as const)('%s ends what measures, too', async (signal, expected, args) => {
  const { code } = await interrupted(args, undefined, signal);
  expect(code).toBe(expected);
});

it('a second signal ends the process at once, and its locks are gone', async () => {
  const out = join(folder, 'twice');
  const observer = join(folder, 'sleeper.mjs');
  const asleep = join(folder, 'asleep');
  writeFileSync(
    observer,
    `import { appendFileSync } from 'node:fs';
    const onEvents = () => (appendFileSync(${JSON.stringify(asleep)}, 'z'), new Promise(() => {}));
    export default { name: 'sleeper', setup() {}, onEvents };`,
  );
  const slow = join(folder, 'slow.yaml');
  const text = readFileSync(scenario, 'utf8');
  writeFileSync(
    slow,
    `${text.replace('{ use: mesh, host: inline }', `{ module: ${observer} }`)}registry: { hangTimeout: 1d }\n`,
  );
  const child = startPanoptes('run', slow, '--out', out, '--json');
  const ended = endOf(child);
  // On its own thread and on the model's; the first of them keeps the run from ending for some seconds.
  await until('it sleeps', () => existsSync(asleep) && readFileSync(asleep).length === 2);
  // Two that a busy process hears of within half a second are one to it.
  while (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGINT');
    await Promise.race([ended, pause(700)]);
  }
  const { stdout } = await ended;
  expect(child.signalCode).toBe('SIGINT');
  expect(stdout).toBe('');
  expect(readdirSync(out)).toEqual([]);
});

it('one press that arrives several times counts as one', async () => {
  const out = join(folder, 'pressed');
  const child = startPanoptes(...endless, '--out', out);
  const ended = endOf(child);
  await until('it has begun', () => existsSync(join(out, '.panoptes.lock')));
  child.kill('SIGINT');
  child.kill('SIGINT');
  const { code, stdout } = await ended;
  expect(code).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject({ interrupted: true });
});

describe('as the first process of a container', () => {
  const unshare = ['--pid', '--fork', '--mount-proc', '--kill-child'];
  const isPossible = spawnSync('unshare', [...unshare, 'true']).status === 0;

  it.skipIf(!isPossible).each([...codes, ['SIGINT', 130] as const])(
    '%s leaves a report too',
    async (signal, expected) => {
      const out = join(folder, `first ${signal}`);
      const args = [...unshare, process.execPath, command, ...endless, '--out', out];
      const child = spawn('unshare', args, { stdio: ['ignore', 'pipe', 'pipe'] });
      const ended = endOf(child);
      await until('it has begun', () => existsSync(join(out, '.panoptes.lock')));
      await pause(500);
      // The process that unshare has started is the first one over there.
      const { stdout: pid } = spawnSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' });
      process.kill(Number(pid), signal);
      const { code, stdout } = await ended;
      expect(code).toBe(expected);
      expect(JSON.parse(stdout)).toMatchObject({ interrupted: true });
    },
  );
});
