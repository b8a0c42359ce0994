import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { problemsBy } from '../../packages/sim/src/report/json-schema.fixture.js';
import { commandSession } from '../fixtures/panoptes-command.js';

const panoptes = commandSession();

const directory = mkdtempSync(join(tmpdir(), 'panoptes-document-'));
const trace = join(directory, 'peers.avt');
const scenario = join(directory, 'scenario.yaml');

/** A run as its document has it, as far as is looked at here. */
interface Run {
  readonly schema: string;
  readonly name: string;
  readonly source: { readonly name: string; readonly kind: string };
  readonly virtualMs: number;
  readonly events: number;
  readonly logDigest: string;
  readonly phases: readonly { readonly name: string; readonly endsAt: number }[];
  readonly series: { readonly at: readonly number[]; readonly online: readonly number[] };
  readonly thresholds: readonly { readonly passed: boolean }[];
  readonly faults: readonly object[];
}

const reports = ['junit.xml', 'report.html', 'series.csv', 'summary.json'];

/** The ways to say what is run, each with something to expect of it. */
const ways: readonly [what: string, args: readonly string[]][] = [
  ['a preset', ['run', 'kad', '--duration', '30m', '--set', 'population.peers=60']],
  ['a scenario', ['run', scenario]],
  ['a replay', ['replay', trace]],
  ['a replay to an end', ['replay', trace, '--until', '90s', '--fault', 'exit:mesh@20s']],
];

const expectations = ['--observers', 'mesh', '--set', 'thresholds.observers.*.lag=== 0'];

beforeAll(() => {
  const sessions = Array.from(
    { length: 40 },
    (_, peer) => `p${peer}\t1\t ${peer * 3} ${peer * 3 + 50}\n`,
  );
  writeFileSync(trace, sessions.join(''));
  const text = 'version: 1\npopulation: { peers: 30 }\nphases: [{ kind: steady, duration: 10m }]\n';
  writeFileSync(scenario, text);
});

describe.each(ways)('%s', (_, args) => {
  let run: Run;
  const out = mkdtempSync(join(directory, 'out-'));

  beforeAll(async () => {
    const { code, stdout, stderr } = await panoptes(
      ...args,
      ...expectations,
      '--out',
      out,
      '--json',
    );
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^wrote .*report\.html\n$/) as string,
    });
    run = JSON.parse(stdout) as Run;
  });

  it('gives the document that panoptes schema --of run describes', async () => {
    const { stdout } = await panoptes('schema', '--of', 'run');
    const schema = JSON.parse(stdout) as object;
    expect(problemsBy(schema, run)).toEqual([]);
    for (const other of [{ surprise: 1 }, { events: '5' }, { schema: 'panoptes.run/2' }]) {
      expect(problemsBy(schema, { ...run, ...other })).toHaveLength(1);
    }
    const { phases, ...less } = run;
    expect(phases).toHaveLength(1);
    expect(problemsBy(schema, less)).toHaveLength(1);
  });

  it('writes all four reports, of one run', () => {
    expect(readdirSync(out).sort()).toEqual(reports);
    const read = (name: string): string => readFileSync(join(out, name), 'utf8');
    expect(JSON.parse(read('summary.json'))).toEqual(run);
    expect(read('junit.xml')).toContain(
      '<testcase classname="thresholds" name="observers.*.lag ==',
    );
    expect(read('report.html')).toContain(`<h1`);
    expect(read('series.csv').trimEnd().split('\n')).toHaveLength(run.series.at.length + 1);
  });

  it('has a course from its start to its end', () => {
    expect(run.series.at[0]).toBe(0);
    expect(run.series.at.at(-1)).toBeCloseTo(run.virtualMs);
    expect(run.series.at.length).toBeGreaterThan(50);
    expect(run.series.at.length).toBeLessThanOrEqual(602);
    expect(run.phases).toHaveLength(1);
    expect(run.phases[0]!.endsAt).toBe(run.virtualMs);
  });

  it('is run again by its report, and comes to the same', async () => {
    const { code, stdout, stderr } = await panoptes('run', '--replay-from', out, '--quiet');
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

it('a replay is a scenario whose source is the trace: the file says the same', async () => {
  const file = join(directory, 'replay.yaml');
  writeFileSync(file, 'version: 1\nsource: { trace: peers.avt, until: 90s }\nobservers: [mesh]\n');
  const runs = await Promise.all(
    [
      ['run', file],
      ['replay', trace, '--until', '90s', '--observers', 'mesh'],
    ].map(async (args) => JSON.parse((await panoptes(...args, '--json')).stdout) as Run),
  );
  const [first, second] = runs;
  expect(first).toMatchObject({ virtualMs: 90_000, source: { kind: 'availability trace' } });
  for (const key of ['events', 'logDigest', 'virtualMs'] as const) {
    expect(first![key]).toEqual(second![key]);
  }
});

it('a replay of standard input is one of the file, and is read but once', async () => {
  const command = fileURLToPath(new URL('../../packages/sim/bin/panoptes.js', import.meta.url));
  const flags = ['--observers', 'mesh', '--json'];
  const piped = execFileSync(process.execPath, [command, 'replay', '-', ...flags], {
    input: readFileSync(trace),
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const read = await panoptes('replay', trace, ...flags);
  const [first, second] = [piped, read.stdout].map((text) => JSON.parse(text) as Run);
  expect(first).toMatchObject({ name: 'standard input', verdict: 'pass' });
  expect(first!.logDigest).toBe(second!.logDigest);
});

it('a replay of one instant has its peers in the course, and reports that can be drawn', async () => {
  const mesh = join(directory, 'mesh.json');
  const seen = { firstSeen: 100, lastSeen: 200, online: true, gateway: false, clients: 2 };
  const nodes = ['a', 'b'].map((id) => ({ id, ...seen }));
  writeFileSync(
    mesh,
    JSON.stringify({
      nodes,
      links: [{ source: 'a', target: 'b', sourceTq: 0.5, targetTq: 0.75, type: 'wifi' }],
    }),
  );
  const out = join(directory, 'instant');
  const { code, stdout } = await panoptes('replay', mesh, '--out', out, '--json');
  expect(code).toBe(0);
  const { virtualMs, series } = JSON.parse(stdout) as Run;
  expect(virtualMs).toBe(0);
  expect(series).toMatchObject({ at: [0, 0], online: [0, 2] });
  expect(readFileSync(join(out, 'report.html'), 'utf8')).not.toMatch(/NaN|Infinity/);
});

it('an expectation of a replay that does not hold ends it with 99', async () => {
  const { code, stdout } = await panoptes('replay', trace, '--set', 'thresholds.peers.peak=> 1000');
  expect(code).toBe(99);
  expect(stdout).toMatch(/fails {2}peers\.peak > 1000/);
});

it('--quiet prints nothing, of a preset and of a replay', async () => {
  for (const args of [ways[0]![1], ways[2]![1]]) {
    expect(await panoptes(...args, '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
  }
});
