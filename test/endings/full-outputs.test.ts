import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commandSession, type Ending, endOf, stackLine } from '../fixtures/panoptes-command.js';

const panoptes = commandSession();
const command = fileURLToPath(new URL('../../packages/sim/bin/panoptes.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'panoptes-'));
const scenario = join(folder, 'short.yaml');
writeFileSync(
  scenario,
  `version: 1
population: { peers: 300 }
phases: [{ kind: steady, duration: 2h }]
observers: [mesh]
sweep: { grid: { population.peers: [10, 20] }, threads: 1 }
`,
);

/** Runs the command where no file may grow beyond so many KiB, as on a disk that is full. */
function withLittleDisk(kib: number, ...args: readonly string[]): Promise<Ending> {
  const script = `ulimit -f ${kib}; exec "$0" "$@"`;
  const child = spawn('bash', ['-c', script, process.execPath, command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return endOf(child);
}

describe('a full standard output', () => {
  it.each([[['run', 'kad', '--peers', '20', '--duration', '10m']], [['--help']], [['faults']]])(
    'is one sentence on stderr, and a failure: %j',
    async (args) => {
      const full = openSync('/dev/full', 'w');
      const child = spawn(process.execPath, [command, ...args], {
        stdio: ['ignore', full, 'pipe'],
      });
      let stderr = '';
      child.stderr!.on('data', (text: Buffer) => (stderr += text.toString()));
      const code = await new Promise((resolve) => child.on('close', resolve));
      expect(code).toBe(1);
      expect(stderr).toMatch(/^panoptes: standard output cannot be written: ENOSPC[^\n]*\n$/);
    },
  );

  it('that nobody reads any more leaves the exit code what it is', async () => {
    for (const [args, expected] of [
      [['run', 'kad', '--peers', '20', '--duration', '10m'], 0],
      [['run', scenario, '--set', 'thresholds.events=< 0'], 99],
    ] as const) {
      const child = spawn(process.execPath, [command, ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.destroy();
      child.stderr.resume();
      expect(await new Promise((resolve) => child.on('close', resolve))).toBe(expected);
    }
  });
});

describe('a full disk', () => {
  it('leaves the reports that were there, none of them half, and the one on the screen', async () => {
    const out = join(folder, 'out');
    expect((await panoptes('run', scenario, '--out', out, '--quiet')).code).toBe(0);
    const before = readdirSync(out).map((name) => [name, readFileSync(join(out, name), 'utf8')]);
    const { code, stdout, stderr } = await withLittleDisk(
      16,
      'run',
      scenario,
      '--out',
      out,
      '--seed',
      '2',
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/cannot be written: EFBIG/);
    expect(stderr).not.toMatch(stackLine);
    expect(stdout).toContain('pass: every observer agrees');
    const after = readdirSync(out).map((name) => [name, readFileSync(join(out, name), 'utf8')]);
    expect(after).toEqual(before);
  });

  it('ends a recording and nothing else', async () => {
    const file = join(folder, 'cut.plog');
    const { code, stdout, stderr } = await withLittleDisk(
      16,
      'run',
      scenario,
      '--record',
      file,
      '--json',
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(
      // On a busy machine a warning of an observer that is slow may come before.
      /^panoptes: the recording .*cut\.plog could not be written to its end \((?:EFBIG|ENOSPC)\)\n$(?!\n)/m,
    );
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'pass',
      observers: [{ name: 'mesh', restarts: 0, digestMatches: true }],
      recordingProblem: expect.stringContaining('could not be written') as string,
    });
    expect((await panoptes('check', file)).code).not.toBe(0);
    expect(readdirSync(folder)).not.toContain('cut.plog.lock');
  });

  it('ends a file of events and nothing else', async () => {
    const file = join(folder, 'cut.csv');
    const { code, stdout, stderr } = await withLittleDisk(
      16,
      ...['run', scenario, '--events', file, '--json'],
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^panoptes: the file of events .*cut\.csv could not be written to its end \((?:EFBIG|ENOSPC)\); .*cut\.csv\.partial\n$/,
    );
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'pass',
      observers: [{ name: 'mesh', restarts: 0, digestMatches: true }],
      eventsProblem: expect.stringContaining('could not be written') as string,
    });
    const names = readdirSync(folder);
    expect(names.filter((name) => name.startsWith('cut.csv'))).toEqual(['cut.csv.partial']);
  });

  it('ends a sweep with one sentence, and what is kept is whole', async () => {
    const out = join(folder, 'sweep');
    const { code, stderr } = await withLittleDisk(1, 'sweep', scenario, '--out', out, '--quiet');
    expect(code).toBe(1);
    expect(stderr).toMatch(/journal\.jsonl cannot be written: EFBIG/);
    expect(stderr).not.toMatch(stackLine);
    for (const line of readFileSync(join(out, 'journal.jsonl'), 'utf8').trimEnd().split('\n')) {
      expect(() => JSON.parse(line) as unknown).not.toThrow();
    }
    expect((await panoptes('sweep', scenario, '--out', out, '--quiet')).code).toBe(0);
  });
});
