import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { endOf, panoptes, startPanoptes } from '../fixtures/panoptes-command.js';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-continued-'));
afterAll(() => rmSync(folder, { recursive: true }));

const network = ['kad', '--peers', '150', '--duration', '6h', '--seed', 'twice'];
/** At this speed a life takes two seconds, so that it can be killed in the middle. */
const slowly = ['--speed', '10800x'];

interface Told {
  readonly continued?: { readonly seq: number; readonly epoch: number; readonly wasWhole: boolean };
  readonly verdict: string;
  readonly observers: readonly {
    readonly name: string;
    readonly digest: string;
    readonly delivered: number;
  }[];
  readonly [figure: string]: unknown;
}

async function told(...args: readonly string[]): Promise<Told> {
  const { code, stdout, stderr } = await panoptes('run', ...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Told;
}

/** The last transaction that a store has; 0 when it was killed before its first. */
async function lastSeqOf(store: string): Promise<number> {
  const { code, stdout } = await panoptes('store', 'inspect', store, '--json');
  return code === 0 ? (JSON.parse(stdout) as { lastSeq: number }).lastSeq : 0;
}

/** All of a run that follows from its scenario and seed. */
const outcome = ({ observers, ...run }: Told) => ({
  digests: observers.map(({ name, digest }) => [name, digest]),
  ...Object.fromEntries(
    [
      ...['registryDigest', 'logDigest', 'events', 'joins', 'updates', 'leaves', 'peers'],
      ...['virtualMs', 'verdict', 'skipped'],
    ].map((figure) => [figure, run[figure]]),
  ),
});

/** Starts a run, and kills its process some time after there is what it waits for. */
async function killedRun(until: () => boolean, afterMs: number, ...args: readonly string[]) {
  const child = startPanoptes('run', ...args, ...slowly, '--quiet');
  const ended = endOf(child);
  while (!until() && child.exitCode === null) await sleep(5);
  await sleep(afterMs);
  child.kill('SIGKILL');
  return ended;
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

describe('a run with a store', () => {
  it.each([
    ['full', 3],
    ['digest', 2],
  ] as const)(
    'comes to what an uninterrupted one comes to, however often it is killed: checks %s',
    async (level, kills) => {
      const store = join(folder, level);
      const recording = join(folder, `${level}.plog`);
      const args = [...network, '--checks', level, '--record', recording];
      const kept = [...args, '--store', store];
      const isThere = () => existsSync(join(store, 'peers.mdb'));
      const early = await killedRun(isThere, 200 * Math.random(), ...kept);
      expect(early.stderr).toBe('');
      // Then in the middle of its changes, which are recorded. The store may have none of them yet.
      for (let kill = 1; kill < kills || (await lastSeqOf(store)) === 0; kill++) {
        const before = sizeOf(recording);
        const grows = () => sizeOf(recording) > before + 4_096;
        const { stderr } = await killedRun(grows, 1_000 * Math.random(), ...kept);
        expect(stderr).toBe('');
      }
      const run = await told(...kept);
      expect(run.continued?.epoch).toBeGreaterThan(1);
      // What all lives have seen is one recording, whose rules hold from one to the next.
      const checked = await panoptes('check', recording, '--json');
      expect(checked).toMatchObject({ code: 0, stderr: '' });
      expect(JSON.parse(checked.stdout)).toMatchObject({ complete: true, verdict: 'pass' });
      expect((JSON.parse(checked.stdout) as { lives: number }).lives).toBeGreaterThan(1);
      expect(outcome(run)).toEqual(outcome(await told(...network, '--checks', level)));
    },
    240_000,
  );

  it('goes on after Ctrl-C, says from where, and comes to what the page shows', async () => {
    const store = join(folder, 'stopped');
    const recording = join(folder, 'stopped.plog');
    const kept = [...network, '--store', store, '--record', recording];
    const child = startPanoptes('run', ...kept, ...slowly, '--json');
    const ended = endOf(child);
    while (!existsSync(join(store, 'run.json'))) await sleep(5);
    await sleep(1_000);
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    const first = JSON.parse(stdout) as Told;
    expect(first.continued).toBeUndefined();
    const run = await told(...kept);
    const { seq } = run.continued!;
    expect(run.continued).toEqual({ epoch: 2, seq, wasWhole: false });
    expect(seq).toBe(first.observers[0]!.delivered);
    expect(outcome(run)).toEqual(outcome(await told(...network)));
    const checked = await panoptes('check', recording);
    const page = readFileSync(new URL('../../docs/COMMANDS.md', import.meta.url), 'utf8');
    const said = (text: string, label: string) => new RegExp(`^${label} .*$`, 'gm').exec(text)?.[0];
    expect(said(checked.stdout, 'lives')).toBe(said(page, 'lives'));
    expect(checked.stdout).toContain('pass: every history keeps the rules');

    const out = join(folder, 'out');
    const third = await panoptes('run', ...network, '--store', store, '--out', out, '--quiet');
    expect(third).toMatchObject({ code: 0, stderr: '' });
    // Its document is one, and its reports can be made of it.
    expect(await panoptes('report', out)).toMatchObject({ code: 0, stderr: '' });
    const { stdout: text } = await panoptes('run', ...network, '--store', store);
    expect(text).toMatch(
      /^continued {5}at transaction [\d,]+, which was its last: the store held all of it; life 4 of the registry$/m,
    );
    for (const label of ['registry', 'log']) expect(said(text, label)).toBe(said(page, label));
  });

  it('refuses a store that another run has begun, by its note and by its peers', async () => {
    const store = join(folder, 'other');
    await told(...network, '--duration', '10m', '--store', store);
    const other = [...network, '--duration', '10m', '--seed', 'thrice', '--store', store];
    const refused = await panoptes('run', ...other);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(
      `the store holds another run than kad, 150 peers, seed thrice: ${store} was begun with kad, 150 peers, seed twice;`,
    );
    writeFileSync(join(store, 'run.json'), 'no note');
    const found = await panoptes('run', ...other);
    expect(found).toMatchObject({ code: 2, stdout: '' });
    expect(found.stderr).toMatch(
      /the store holds another run than kad, 150 peers, seed thrice: (?:it has come to transaction \d+, and this run ends at \d+|at transaction \d+ this run has \d+ peers, and the \d+ that are there are others);/,
    );
  });

  it('is refused with a file of events beside it, and in a place that is no folder', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await panoptes('run', ...network, '--store', file)).toMatchObject({
      code: 2,
      stderr: `panoptes: --store: expected the path of a folder, got '${file}'\n`,
    });
    const store = join(folder, 'with-events');
    const events = join(folder, 'events.csv');
    const { code, stderr } = await panoptes(
      'run',
      ...[...network, '--store', store, '--events', events],
    );
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining("option 'events': expected no store beside it") as string,
    });
  });
});
