import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commandSession } from '../fixtures/panoptes-command.js';

const panoptes = commandSession();
const folder = mkdtempSync(join(tmpdir(), 'panoptes-metrics-'));
const measured = fileURLToPath(new URL('../fixtures/measured.observer.mjs', import.meta.url));
let files = 0;

/** A scenario of three phases, the second one a partition. */
function scenario(...more: readonly string[]): string {
  const file = join(folder, `${++files}.yaml`);
  const own = more.some((line) => line.startsWith('observers:'));
  writeFileSync(
    file,
    [
      'version: 1',
      'population: { peers: 80 }',
      'topology: { model: random-geometric }',
      'phases:',
      '  - { kind: steady, name: calm, duration: 20m }',
      '  - { kind: partition, name: split, duration: 10m, far: 0.4 }',
      '  - { kind: steady, name: healed, duration: 5m }',
      'checks: { every: 1m }',
      ...(own ? [] : ['observers: [kademlia, mesh, validators]']),
      ...more,
      '',
    ].join('\n'),
  );
  return file;
}

interface Metric {
  readonly id: string;
  readonly value: unknown;
  readonly problem?: string;
}
interface Run {
  readonly verdict: string;
  readonly observers: readonly { readonly name: string; readonly metrics: readonly Metric[] }[];
  readonly phases: readonly {
    readonly name: string;
    readonly observers: readonly {
      readonly name: string;
      readonly metrics: readonly { readonly id: string; readonly value: never }[];
    }[];
  }[];
  readonly thresholds: readonly {
    readonly figure: string;
    readonly passed: boolean;
    readonly problem?: string;
  }[];
  readonly series: {
    readonly at: readonly number[];
    readonly observers: readonly {
      readonly name: string;
      readonly metrics: readonly { figure: string; values: (number | null)[] }[];
    }[];
  };
}

async function run(file: string, ...more: readonly string[]): Promise<{ code: number; run: Run }> {
  const { code, stdout, stderr } = await panoptes('run', file, '--json', ...more);
  expect(stderr.replace(/^wrote .*\n/, '')).toBe('');
  return { code: code!, run: JSON.parse(stdout) as Run };
}

describe('figures of observers’ own in a run', () => {
  it('follow from scenario and seed, at every sample, in every phase and at the end', async () => {
    const file = scenario();
    const [first, second] = [await run(file), await run(file)];
    expect([first.code, second.code]).toEqual([0, 0]);
    const metricsOf = ({ run: { observers, phases, series } }: { run: Run }) => ({
      end: observers.map(({ name, metrics }) => ({ name, metrics })),
      phases: phases.map((phase) => phase.observers.map(({ metrics }) => metrics)),
      series: series.observers.map(({ metrics }) => metrics),
    });
    expect(metricsOf(second)).toEqual(metricsOf(first));
    const { series, observers } = first.run;
    for (const { name, metrics } of series.observers) {
      expect(metrics.length).toBeGreaterThan(2);
      for (const { figure, values } of metrics) {
        expect(values).toHaveLength(series.at.length);
        // Nothing has happened at the first one.
        expect(values[0]).toBeNull();
        expect(values.slice(1).filter((value) => value === null)).toEqual([]);
        const [id, part] = figure.split('.');
        const own = observers.find((one) => one.name === name)!.metrics;
        const { value } = own.find((one) => one.id === id)!;
        const end = part === undefined ? value : (value as Record<string, number>)[part];
        expect([name, figure, values.at(-1)]).toEqual([name, figure, end]);
      }
    }
  });

  it('can be held to conditions, by phase and at the end', async () => {
    const conditions = {
      'phases.calm.observers.mesh.metrics.largestShare.mean': '> 0',
      'phases.*.observers.mesh.metrics.components.min': '>= 1',
      'observers.kademlia.metrics.bucketOccupancy.p99': '<= 20',
      'observers.kademlia.metrics.contacts': '>= 1',
      'observers.*.metrics.quorum': '>= 1',
      'observers.mesh.metrics.links': '< 0',
    };
    const lines = Object.entries(conditions).map(([path, one]) => `  ${path}: '${one}'`);
    const { code, run: summary } = await run(scenario('thresholds:', ...lines));
    expect(code).toBe(99);
    expect(summary.thresholds.map(({ passed }) => passed)).toEqual([
      ...[true, true, true, true, true, false],
    ]);
    expect(summary.verdict).toBe('pass');
  });

  it('are columns of series.csv, a table of the text, sections of the page and in the summary that is read', async () => {
    const file = scenario();
    const out = join(folder, 'out');
    const { stdout } = await panoptes('run', file, '--out', out);
    expect(stdout).toMatch(/mesh .* largestShare .* share/);
    const [head, ...rows] = readFileSync(join(out, 'series.csv'), 'utf8').trimEnd().split('\n');
    const column = head!.split(',').indexOf('kademlia.metrics.bucketOccupancy.p50');
    expect(column).toBeGreaterThan(0);
    expect(
      rows
        .map((row) => row.split(',')[column])
        .slice(1)
        .every((cell) => cell !== ''),
    ).toBe(true);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('What validators tells');
    const again = await panoptes('compare', out, out, '--tolerance', '0%');
    expect(again).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    ['observers.mesh.metrics.largestShar', /did you mean 'largestShare'\?/],
    [
      'observers.mesh.metrics.contacts',
      /there is no figure 'contacts' in observers\.mesh\.metrics/,
    ],
    ['observers.kademlia.metrics.bucketOccupancy', /is a group of figures/],
    ['phases.calm.observers.mesh.metrics.links.average', /no figure 'average' in phases\.calm/],
  ])('are known of a built-in observer before the run: %s', async (path, message) => {
    const { code, stderr } = await panoptes('run', scenario(`thresholds: { ${path}: '> 0' }`));
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/\.yaml:\d+:\d+: thresholds\./);
  });

  it('are known of an observer of one’s own when it has started', async () => {
    const observers = `observers: [${JSON.stringify({ module: measured })}]`;
    const threshold = (path: string) =>
      scenario(observers, `thresholds: { observers.measured.metrics.${path}: '>= 0' }`);
    const { code, stderr } = await panoptes('run', threshold('paers'));
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /\.yaml:10:\d+: thresholds\.observers\.measured\.metrics\.paers: .* did you mean 'peers'\?/,
    );
    const right = await run(threshold('nameLengths.count'));
    expect(right.run.thresholds.map(({ problem }) => problem)).toEqual([undefined]);
  });

  it('that fail are empty cells; a condition on one fails, and says why', async () => {
    const own = { module: measured, options: { gauge: 'throws' } };
    const file = scenario(
      `observers: [${JSON.stringify(own)}, mesh]`,
      'thresholds:',
      "  observers.measured.metrics.wayward: '>= 0'",
      "  observers.measured.metrics.peers: '>= 0'",
    );
    const { code, run: summary } = await run(file);
    expect({ code, verdict: summary.verdict }).toEqual({ code: 99, verdict: 'pass' });
    const [wayward, peers] = summary.thresholds;
    expect(peers!.passed).toBe(true);
    expect(wayward!.problem).toMatch(
      /^observers\.measured\.metrics\.wayward is not known: metric 'wayward' of observer 'measured': out of luck$/,
    );
    const [course] = summary.series.observers;
    const valuesOf = (id: string) => course!.metrics.find(({ figure }) => figure === id)!.values;
    expect(new Set(valuesOf('wayward'))).toEqual(new Set([null]));
    expect(
      valuesOf('peers')
        .slice(1)
        .every((value) => value !== null),
    ).toBe(true);
  });

  it('of an observer whose figure never ends cost that observer its life, and nobody else anything', async () => {
    const own = { module: measured, options: { gauge: 'never ends' }, restart: 'temporary' };
    const file = scenario(
      `observers: [${JSON.stringify(own)}, mesh]`,
      'registry: { hangTimeout: 1s }',
    );
    const { run: summary } = await run(file);
    const [course, mesh] = summary.series.observers;
    expect(new Set(course!.metrics.flatMap(({ values }) => values))).toEqual(new Set([null]));
    const links = mesh!.metrics.find(({ figure }) => figure === 'links')!.values;
    expect(links.slice(1).filter((value) => value === null)).toEqual([]);
    expect(summary.observers[0]!.metrics[0]!.problem).toMatch(/measured/);
  });

  it('can be tabulated by a sweep, and are columns of its runs', async () => {
    const figures =
      '[observers.mesh.metrics.components, observers.kademlia.metrics.bucketOccupancy.mean]';
    const file = scenario(`sweep: { grid: { population.peers: [40, 80] }, figures: ${figures} }`);
    const out = join(folder, 'sweep');
    const { code, stdout } = await panoptes('sweep', file, '--out', out, '--json');
    expect(code).toBe(0);
    const { rows } = JSON.parse(stdout) as {
      rows: readonly { figures: Record<string, { mean: number }> }[];
    };
    for (const row of rows) {
      expect(row.figures['observers.mesh.metrics.components']!.mean).toBeGreaterThanOrEqual(1);
    }
    const [head] = readFileSync(join(out, 'runs.csv'), 'utf8').split('\n');
    expect(head).toContain('observers.kademlia.metrics.bucketOccupancy.mean');
  });
});
