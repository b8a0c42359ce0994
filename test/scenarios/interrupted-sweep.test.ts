import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandSession, endOf, startPanoptes } from '../fixtures/panoptes-command.js';
import { until } from '../fixtures/until.js';

const panoptes = commandSession();

const scenario = `version: 1
name: twelve
population: { peers: 10 }
sessions: { distribution: exponential, mean: 10m }
updates: { heartbeat: { every: 5m } }
phases: [{ kind: steady, duration: 2h }]
observers: [{ use: mesh, host: inline }]
sweep:
  grid: { population.peers: 2..6 step 2 }
  replications: 4
  threads: 2
`;

describe('a sweep of 12 runs over 2 threads', () => {
  it('that is interrupted and goes on has the same table as one that was not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'panoptes-sweep-'));
    const file = join(folder, 'twelve.yaml');
    writeFileSync(file, scenario);
    const args = (out: string) => ['sweep', file, '--out', join(folder, out), '--quiet'];
    const journal = join(folder, 'stopped', 'journal.jsonl');
    const lines = () =>
      existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').length - 2 : 0;

    const whole = await panoptes(...args('whole'));
    expect(whole).toMatchObject({ code: 0, stderr: '' });

    const child = startPanoptes(...args('stopped'));
    const ended = endOf(child);
    await until('a run is kept', () => lines() >= 1);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    const kept = lines();
    expect(kept).toBeGreaterThanOrEqual(1);
    expect(kept).toBeLessThan(12);

    expect((await panoptes(...args('stopped'))).code).toBe(0);
    expect(lines()).toBe(12);
    for (const name of ['sweep.csv', 'runs.csv', 'sweep.json', 'report.html']) {
      const [a, b] = ['whole', 'stopped'].map((out) =>
        readFileSync(join(folder, out, name), 'utf8'),
      );
      expect(b).toBe(a);
    }
  });

  it('reports a run that takes too long, and ends with 1', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'panoptes-sweep-'));
    const file = join(folder, 'slow.yaml');
    writeFileSync(
      file,
      scenario.replace('2..6 step 2', '[2]').replace('replications: 4', 'timeLimit: 1ms'),
    );
    const { code, stdout } = await panoptes('sweep', file, '--out', folder);
    expect(code).toBe(1);
    expect(stdout).toContain(': took longer than 1 ms');
  });
});
