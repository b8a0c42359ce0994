import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  parseScenario,
  type ScenarioSource,
} from '../../packages/sim/src/scenario/file/scenario-file.js';
import { figuresAt } from '../../packages/sim/src/scenario/run/figure-path.js';
import { possibleFigures } from '../../packages/sim/src/scenario/schema/possible-figures.js';
import { commandSession } from '../fixtures/panoptes-command.js';

const panoptes = commandSession();

const folder = fileURLToPath(new URL('../../examples/scenarios/', import.meta.url));
const examples = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

/** What makes an example short enough to be run by every test run. */
const shortForms: Readonly<Record<string, readonly string[]>> = {
  'million-peers.yaml': ['--peers', '300'],
};

interface Run {
  readonly verdict: string;
  readonly logDigest: string;
  readonly thresholds: readonly { readonly passed: boolean }[];
  readonly observers: readonly { readonly name: string; readonly restarts: number }[];
  readonly faults?: readonly { readonly fault: string; readonly observer: string }[];
  readonly series: object;
  readonly scenario: ScenarioSource;
}

describe('the example scenarios', () => {
  it('are five at least', () => {
    expect(examples.length).toBeGreaterThanOrEqual(5);
  });

  it.each(examples)('%s runs, agrees with the model, and its thresholds hold', async (name) => {
    const { code, stdout, stderr } = await panoptes(
      'run',
      join(folder, name),
      '--json',
      ...(shortForms[name] ?? []),
    );
    expect(stderr).toBe('');
    const { verdict, thresholds } = JSON.parse(stdout) as Run;
    expect(verdict).toBe('pass');
    expect(thresholds.length).toBeGreaterThan(1);
    expect(thresholds.filter(({ passed }) => !passed)).toEqual([]);
    expect(code).toBe(0);
  });
});

/** Paths and values of all that a document holds, as conditions name them. */
const figuresOf = (value: unknown, path: string[] = []): [path: string, value: unknown][] =>
  typeof value !== 'object' || value === null
    ? [[path.join('.'), value]]
    : Object.entries(value).flatMap(([key, inner]) => {
        interface Named {
          readonly name?: unknown;
          readonly id?: unknown;
          readonly value?: unknown;
        }
        const { name, id, value: own } = (inner ?? {}) as Named;
        if (typeof id === 'string') return figuresOf(own, [...path, id]);
        const step = Array.isArray(value) && typeof name === 'string' ? name : key;
        return figuresOf(inner, [...path, step]);
      });

/** Every figure that a run has is one that could be told before it to be possible, of its kind. */
function expectAllPossible({ scenario, ...run }: Run): void {
  const figures = { ...run, thresholds: null, series: null };
  const possible = possibleFigures(parseScenario(scenario));
  const all = figuresOf(figures);
  expect(all.length).toBeGreaterThan(100);
  for (const [path, value] of all) {
    if (path === 'thresholds' || path === 'series') continue;
    const lookup = figuresAt(possible, path);
    expect([path, lookup]).toEqual([path, { found: [expect.anything()] }]);
    const [known] = 'found' in lookup ? lookup.found : [];
    if (value !== null) expect([path, typeof known!.value]).toEqual([path, typeof value]);
  }
}

it('the file that init writes sweeps without a failure', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'panoptes-init-'));
  const file = join(directory, 'scenario.yaml');
  expect(await panoptes('init', file)).toMatchObject({ code: 0 });
  const { code, stdout } = await panoptes(
    ...['sweep', file, '--out', join(directory, 'sweep'), '--json'],
    ...['--set', 'sweep.replications=1', '--set', 'observers=[mesh]'],
    ...[0, 1, 2, 3].flatMap((phase) => ['--set', `phases.${phase}.duration=10m`]),
  );
  const { rows } = JSON.parse(stdout) as { readonly rows: readonly { failures: string[] }[] };
  expect(rows.length).toBeGreaterThan(1);
  expect(rows.flatMap(({ failures }) => failures)).toEqual([]);
  expect(code).toBe(0);
});

describe('a run of a scenario', () => {
  const file = join(folder, 'network-sizes.yaml');
  const small = ['--peers', '40', '--set', 'phases.0.duration=1h'];

  it('has this log on every machine and every version of Node', async () => {
    const everything = fileURLToPath(new URL('./everything.yaml', import.meta.url));
    const digestOf = async (...args: string[]) =>
      (JSON.parse((await panoptes('run', everything, '--json', ...args)).stdout) as Run).logDigest;
    // Of distributions, phases, updates and a topology of every kind; it changes only when one of
    // them is meant to.
    expect(await digestOf()).toBe(
      '67286ce61d9cbf766190da493e48fb1ba205bd8c4685ef983d6762a023f0316b',
    );
    expect(await digestOf('--seed', '2')).not.toBe(
      '67286ce61d9cbf766190da493e48fb1ba205bd8c4685ef983d6762a023f0316b',
    );
  });

  it('is repeated from its report, and a changed one is told apart', async () => {
    const out = mkdtempSync(join(tmpdir(), 'panoptes-run-'));
    const first = await panoptes('run', file, ...small, '--out', out, '--quiet');
    expect(first).toMatchObject({ code: 0, stdout: '' });
    const names = ['junit.xml', 'report.html', 'series.csv', 'summary.json'];
    expect(readdirSync(out).sort()).toEqual(names);
    const again = await panoptes('run', '--replay-from', out);
    expect(again.code).toBe(0);
    expect(again.stderr).toContain('the same log as in');
    const shown = await panoptes('report', out);
    expect(shown.stdout).toContain('network-sizes, 40 peers, seed 1');
    const other = mkdtempSync(join(tmpdir(), 'panoptes-run-'));
    await panoptes('run', file, ...small, '--seed', '2', '--out', other, '--quiet');
    expect((await panoptes('compare', out, other)).stdout).toContain('logs    differ');
    expect((await panoptes('compare', out, other, '--tolerance', '1000%')).code).toBe(99);
    expect((await panoptes('compare', out, out, '--tolerance', '0')).code).toBe(0);
    const refused = await panoptes('compare', out, out, '--tolerance', 'much');
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain('expected percent from 0 on');
    const summary = readFileSync(join(out, 'summary.json'), 'utf8');
    expect(summary).toContain('"schema": "panoptes.run/3"');
  });

  it('breaks an observer as the scenario says, and nothing is lost', async () => {
    const broken = [
      'observers=[mesh, kademlia]',
      'faults=[{ fault: exit, observer: mesh, at: 20m }]',
    ];
    const changes = broken.flatMap((change) => ['--set', change]);
    const { code, stdout } = await panoptes('run', file, ...small, ...changes, '--json');
    const run = JSON.parse(stdout) as Run;
    expect(run.verdict).toBe('pass');
    expectAllPossible(run);
    expect(run.faults).toMatchObject([{ fault: 'exit', observer: 'mesh' }]);
    expect(run.observers.find(({ name }) => name === 'mesh')!.restarts).toBe(1);
    expect(code).toBe(0);
  });

  it('ends with 99 when a threshold does not hold, and with 2 when the scenario is wrong', async () => {
    const failed = await panoptes('run', file, ...small, '--set', 'thresholds.peers.mean=> 1000');
    expect(failed.code).toBe(99);
    expect(failed.stdout).toMatch(/fails {2}peers\.mean > 1000/);
    const wrong = await panoptes('run', file, '--set', 'population.pears=3');
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain("population.pears: unknown key; did you mean 'peers'?");
  });
});
