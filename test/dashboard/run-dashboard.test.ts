import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandSession, endOf, startPanoptes } from '../fixtures/panoptes-command.js';
import { until } from '../fixtures/until.js';
import { ask, refusalOf } from './ask-dashboard.js';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-run-dashboard-'));
afterAll(() => rmSync(folder, { recursive: true }));
const panoptes = commandSession();

/** What a process has said until now. */
function saidBy(child: ChildProcess): { stdout: string; stderr: string } {
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]!.on('data', (text: string) => (said[stream] += text));
  }
  return said;
}

/** The place that a run says. */
async function placeOf(
  child: ChildProcess,
  said: { stderr: string },
): Promise<{ port: number; token: string }> {
  const line = /^dashboard: http:\/\/127\.0\.0\.1:(\d+)\/\?token=(\S+)$/m;
  await until('it says where', () => line.test(said.stderr) || child.exitCode !== null);
  const [, port, token] = line.exec(said.stderr) ?? [];
  if (token === undefined) throw new Error(said.stderr);
  return { port: Number(port), token };
}

describe('the dashboard of a run', () => {
  it('shows it from its first event on, and its end until it is asked to end, as the run did', async () => {
    const child = startPanoptes(
      ...['run', 'kad', '--peers', '60', '--duration', '1h', '--dashboard', '0'],
      ...['--set', 'thresholds.events=< 1', '--out', join(folder, 'out')],
    );
    const ended = endOf(child);
    const said = saidBy(child);
    const place = await placeOf(child, said);
    const asked = async (path: string) => (await ask(place, { path })).json();
    await until('the run has ended', () => said.stderr.includes('the dashboard stays until'));

    // All of this was there before: who waits for its end may go on.
    expect(said.stdout).toContain('source        kad, 60 peers');
    expect(said.stderr.indexOf('wrote ')).toBeLessThan(said.stderr.indexOf('the dashboard stays'));
    expect(existsSync(join(folder, 'out/report.html'))).toBe(true);
    expect(existsSync(join(folder, 'out/.panoptes.lock'))).toBe(false);
    const { rows } = (await asked('/api/history')) as { rows: number[][] };
    expect(rows[0]![1]).toBe(0);
    expect(await asked('/api/overview')).toMatchObject({
      frozenAt: expect.any(Number) as number,
      about: [
        { label: 'simulation', value: 'kad, 60 peers, seed 1' },
        { label: 'virtual time', value: '1 h' },
        { label: 'phase', value: 'steady' },
        { label: 'progress', value: '100 %', share: 1 },
        { label: 'events', value: expect.any(String) as string },
      ],
      figures: { watched: { observers: 4 } },
    });
    const { observers } = (await asked('/api/observers')) as { observers: { name: string }[] };
    expect(observers.map(({ name }) => name).sort()).toContain('mesh');
    for (const one of observers) expect(one).toMatchObject({ state: 'live', lag: 0 });
    expect(await asked('/api/observers/mesh')).toMatchObject({ metrics: { incarnation: 1 } });

    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 99 });
    await expect(ask(place, {})).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('ends with it, and with everything, when it is interrupted on the way', async () => {
    const child = startPanoptes(
      ...['run', 'kad', '--peers', '60', '--duration', '12h', '--speed', '60x', '--dashboard', '0'],
    );
    const ended = endOf(child);
    const said = saidBy(child);
    const place = await placeOf(child, said);
    let overview: { about: { label: string; share?: number }[]; frozenAt: number | null };
    await until('it goes on', async () => {
      overview = (await ask(place, { path: '/api/overview' })).json() as typeof overview;
      return overview.about.some(({ label }) => label === 'progress');
    });
    expect(overview!.frozenAt).toBeNull();
    const progress = overview!.about.find(({ label }) => label === 'progress')!;
    expect(progress.share).toBeLessThan(0.9);
    // What the run itself needs is shown, and left alone.
    const { observers } = (await ask(place, { path: '/api/observers' })).json() as {
      observers: { name: string; isProtected: boolean }[];
    };
    expect(observers.filter((one) => one.isProtected).map(({ name }) => name)).toEqual(['the log']);
    for (const action of ['pause', 'evict', 'query']) {
      const asking = { method: 'POST', path: `/api/observers/the%20log/${action}` };
      expect(await refusalOf(place, asking)).toEqual([403, 'DASHBOARD_PROTECTED']);
    }
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(130);
    expect(stdout).toContain('interrupted');
    expect(stderr).not.toContain('stays until');
    await expect(ask(place, {})).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('is refused a port that another has, before anything is begun', async () => {
    await using server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const out = join(folder, 'never');
    const events = join(folder, 'never.csv');
    expect(
      await panoptes('run', 'kad', '--dashboard', `${port}`, '--out', out, '--events', events),
    ).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'panoptes: --dashboard: expected a port that is free, but another program has it; ' +
        'give another one, or 0 for any\n',
    });
    expect([existsSync(out), existsSync(events)]).toEqual([false, false]);
  });

  it('is left by a run that fails', async () => {
    const { code, stderr } = await panoptes('replay', 'missing.avt', '--dashboard', '0');
    expect([code, stderr]).toEqual([2, expect.stringContaining('missing.avt: cannot be opened')]);
  });
});
