import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commandSession } from '../fixtures/panoptes-command.js';

const panoptes = commandSession();

const strict = fileURLToPath(new URL('../fixtures/strict.observer.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'panoptes-'));

/** A scenario of 50 peers before one critical observer and two others. */
function scenarioWith(observer: string, faults = '[]'): string {
  const file = join(folder, `${observer.length}-${faults.length}.yaml`);
  writeFileSync(
    file,
    `version: 1
population: { peers: 50 }
phases: [{ kind: warm-up, duration: 10m }, { kind: steady, duration: 50m }]
observers: [${observer}, kademlia, mesh]
faults: ${faults}
`,
  );
  return file;
}

interface EarlyRun {
  readonly verdict: string;
  readonly failure: { readonly code: string; readonly message: string };
  readonly events: number;
  readonly virtualMs: number;
  readonly logDigest: string | null;
  readonly rules: readonly { readonly violations: number }[];
  readonly observers: readonly {
    readonly name: string;
    readonly state: string;
    readonly delivered: number;
  }[];
}

describe('a run that a critical observer ends', () => {
  it('by a veto is reported with what was played until then', async () => {
    const file = scenarioWith(`{ module: ${strict}, role: critical, options: { most: 20 } }`);
    const out = join(folder, 'vetoed');
    const { code, stdout, stderr } = await panoptes('run', file, '--json', '--out', out);
    const names = ['summary.json', 'series.csv', 'junit.xml', 'report.html'];
    const written = names.map((name) => join(out, name)).join(', ');
    expect({ code, stderr }).toEqual({ code: 1, stderr: `wrote ${written}\n` });
    const run = JSON.parse(stdout) as EarlyRun;
    expect(run).toMatchObject({ verdict: 'fail', logDigest: null });
    expect(run.failure).toMatchObject({
      code: 'OBSERVER_VETO',
      message: expect.stringContaining('enough of them') as string,
    });
    expect(run.virtualMs).toBeLessThan(600_000);
    expect(run.rules.filter(({ violations }) => violations > 0)).toEqual([]);
    for (const { state, delivered } of run.observers) {
      expect(state).toBe('live');
      expect(delivered).toBeGreaterThanOrEqual(20);
    }
    expect(readdirSync(out).sort()).toEqual(names.toSorted());
    const again = await panoptes('run', '--replay-from', out);
    expect(again.code).toBe(1);
    expect(again.stdout).toContain('the run ended early, since a command was refused');
    const why = 'its run ended early, since a command was refused';
    expect(again.stderr).toContain(`no log in ${out} to compare with: ${why}`);
    const summary = join(out, 'summary.json');
    const before = JSON.parse(readFileSync(summary, 'utf8')) as EarlyRun;
    writeFileSync(summary, JSON.stringify({ ...before, failure: undefined, interrupted: true }));
    const interrupted = await panoptes('run', '--replay-from', out, '--quiet');
    expect(interrupted.stderr.split('\n')).toEqual([
      expect.stringMatching(/^fail: the run ended early, since a command was refused/),
      `no log in ${out} to compare with: its run was interrupted`,
      '',
    ]);
  });

  it('says so in a line where nothing else is printed, and so does one that breaks a threshold', async () => {
    const file = scenarioWith(`{ module: ${strict}, role: critical, options: { most: 20 } }`);
    expect(await panoptes('run', file, '--quiet')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^fail: the run ended early, .+ \(OBSERVER_VETO\), the join of peer '[0-9a-f]{64}' at 4 m\n$/,
      ) as string,
    });
    const short = ['--peers', '20', '--duration', '5m', '--quiet'];
    expect(await panoptes('run', ...short, '--set', 'thresholds.checks=< 0')).toEqual({
      code: 99,
      stdout: '',
      stderr: expect.stringMatching(
        /^fail: a threshold does not hold: checks < 0: is \d+\n$/,
      ) as string,
    });
    expect(await panoptes('run', ...short)).toEqual({ code: 0, stdout: '', stderr: '' });
    const swept = [
      '--set',
      'thresholds.checks=< 0',
      '--set',
      'sweep.grid.population.peers=[40, 50]',
    ];
    const sweepFile = scenarioWith('validators');
    const out = join(folder, 'swept');
    expect(await panoptes('sweep', sweepFile, '--out', out, '--quiet', ...swept)).toEqual({
      code: 99,
      stdout: '',
      stderr: expect.stringMatching(
        /^fail: 2 of 2 runs, the first: population.peers 40, seed 1: checks < 0: is \d+\n$/,
      ) as string,
    });
    const ended = await panoptes(
      'sweep',
      file,
      '--out',
      join(folder, 'ended'),
      '--quiet',
      ...swept,
    );
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(
      /^fail: 2 of 2 runs, the first: population\.peers 40, seed 1: the run ended early, since a command was refused: .+\n$/,
    );
  });

  it('by a crash is reported too, and it is back by then', async () => {
    const observer = `{ module: ${strict}, role: critical, options: { most: 999 } }`;
    const file = scenarioWith(observer, '[{ fault: exit, observer: strict, at: 30m }]');
    const { code, stdout } = await panoptes('run', file);
    expect(code).toBe(1);
    expect(stdout).toMatch(/strict +│ live +│ +\d+ │ +0 │ +0 │ +1 │/);
    // Which of the two depends on whether its end was noticed before the vote was asked for.
    expect(stdout).toMatch(
      /fail: the run ended early, since a command was refused: .+ \((?:VOTE_FAILED|OBSERVER_UNAVAILABLE)\)/,
    );
  });
});
