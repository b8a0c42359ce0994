import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordsOf } from '../../packages/sim/src/report/csv-cells.fixture.js';
import { commandSession } from '../fixtures/panoptes-command.js';

const panoptes = commandSession();

const scenario = `version: 1
name: sizes
population: { peers: 10 }
sessions: { distribution: exponential, mean: 10m }
phases: [{ kind: steady, duration: 1h }]
observers: [{ use: mesh, host: inline }, { use: mesh, host: inline, name: second }]
thresholds: { observers.*.lag: '== 0', peers.peak: '< 30' }
sweep:
  grid: { population.peers: [5, 40], topology.model: [random, none] }
  replications: 2
  figures: [joins, peers.mean]
`;

interface Row {
  readonly values: Readonly<Record<string, unknown>>;
  readonly figures: Readonly<Record<string, { readonly mean: number }>>;
  readonly failed: number;
}

/** Sweeps into a folder, which the second time holds all results. */
async function sweep(folder: string): Promise<readonly Row[]> {
  const file = join(folder, 'sizes.yaml');
  writeFileSync(file, scenario);
  const { code, stdout } = await panoptes('sweep', file, '--out', folder, '--json', '--quiet');
  expect(code).toBe(99);
  return (JSON.parse(stdout) as { readonly rows: readonly Row[] }).rows;
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'panoptes-sweep-'));

describe('the files of a sweep', () => {
  it('have every run in runs.csv, with the figures that the means are of', async () => {
    const folder = newFolder();
    const rows = await sweep(folder);
    const runs = recordsOf(readFileSync(join(folder, 'runs.csv'), 'utf8'));
    expect(Object.keys(runs[0]!)).toEqual([
      ...['population.peers', 'topology.model', 'seed', 'replication', 'verdict'],
      ...['joins', 'peers.mean', 'observers.mesh.lag', 'observers.second.lag', 'peers.peak'],
      'failure',
    ]);
    expect(runs).toHaveLength(8);
    for (const [at, { values, figures, failed }] of rows.entries()) {
      const own = runs.slice(2 * at, 2 * at + 2);
      expect(own.map(({ seed }) => seed)).toEqual(['1#1', '1#2']);
      for (const [key, value] of Object.entries(values)) {
        expect(own.map((run) => run[key])).toEqual([String(value), String(value)]);
      }
      for (const [path, { mean }] of Object.entries(figures)) {
        expect((Number(own[0]![path]) + Number(own[1]![path])) / 2).toBeCloseTo(mean, 6);
      }
      expect(own.filter(({ failure }) => failure !== '')).toHaveLength(failed);
      for (const { verdict, failure, 'peers.peak': peak } of own) {
        expect(verdict).toBe('pass');
        expect(failure).toBe(Number(peak) < 30 ? '' : `peers.peak < 30: is ${peak}`);
      }
    }
    expect(rows.map(({ failed }) => failed)).toEqual([0, 0, 2, 2]);
  });

  it('have every run in junit.xml, a suite a point, and what failed is counted', async () => {
    const folder = newFolder();
    const rows = await sweep(folder);
    const junit = readFileSync(join(folder, 'junit.xml'), 'utf8');
    const countsIn = (kind: string) =>
      [...junit.matchAll(new RegExp(`<${kind} .*tests="(\\d+)" failures="(\\d+)"`, 'g'))].map(
        ([, tests, failures]) => [Number(tests), Number(failures)],
      );
    expect(countsIn('testsuites')).toEqual([[8, 4]]);
    expect(countsIn('testsuite')).toEqual(rows.map(({ failed }) => [2, failed]));
    expect(junit.match(/<failure message="peers\.peak &lt; 30: is \d+"\/>/g)).toHaveLength(4);
    const point = 'population.peers 40, topology.model &quot;none&quot;';
    expect(junit).toMatch(
      new RegExp(`<testcase classname="${point}" name="seed 1#2" time="\\d+\\.\\d{3}"><failure`),
    );
  });

  it('tell phases apart that strike one class or the other, and refuse a class that there is not', async () => {
    const folder = newFolder();
    const file = join(folder, 'classes.yaml');
    const classes = '[{ name: few, share: 0.2 }, { name: many, share: 0.8 }]';
    const phase = '{ kind: mass-departure, duration: 1h, share: 1, class: few }';
    const text = scenario
      .replace('{ peers: 10 }', `{ peers: 60, classes: ${classes} }`)
      .replace('mean: 10m', 'mean: 100h')
      .replace('duration: 1h }', `duration: 1m }, ${phase}`)
      .replace(/grid: .*/, 'grid: { phases.1.class: [few, many] }')
      .replace(/thresholds: .*/, '')
      .replace('figures: [joins, peers.mean]', 'figures: [peers.final]');
    writeFileSync(file, text);
    const args = ['sweep', file, '--out', folder, '--quiet'];
    expect(await panoptes(...args)).toMatchObject({ code: 0, stderr: '' });
    const runs = recordsOf(readFileSync(join(folder, 'runs.csv'), 'utf8'));
    expect(runs.map((run) => run['phases.1.class'])).toEqual(['few', 'few', 'many', 'many']);
    // Of sixty peers twelve are of the first class; hardly any others come or go.
    for (const { 'phases.1.class': name, 'peers.final': left } of runs) {
      expect(Math.abs(Number(left) - (name === 'few' ? 48 : 12))).toBeLessThan(6);
    }
    writeFileSync(file, text.replace('[few, many] }', '[few, mani] }'));
    const refused = await panoptes(...args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(
      "sweep.grid.phases.1.class: expected one of few, many, got 'mani'; did you mean 'many'?",
    );
  });

  it('are made of the journal alone, to the byte', async () => {
    const folder = newFolder();
    await sweep(folder);
    const names = ['runs.csv', 'junit.xml'];
    const texts = () => names.map((name) => readFileSync(join(folder, name), 'utf8'));
    const before = texts();
    for (const name of names) rmSync(join(folder, name));
    const journal = join(folder, 'journal.jsonl');
    const results = readFileSync(journal, 'utf8').split('\n').slice(0, -1);
    // As if the sweep had ended in the middle of its last result, and others had come first.
    const [head, ...lines] = results;
    writeFileSync(journal, `${[head, ...lines.reverse()].join('\n')}\n`);
    appendFileSync(journal, '{"index":7,"se');
    await sweep(folder);
    expect(texts()).toEqual(before);
    expect(readFileSync(journal, 'utf8').split('\n')).toHaveLength(10);
  });
});
