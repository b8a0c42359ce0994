import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Ending, commandSession } from '../fixtures/panoptes-command.js';

const panoptes = commandSession();

const directory = mkdtempSync(join(tmpdir(), 'panoptes-figures-'));
const file = join(directory, 'scenario.yaml');
const out = join(directory, 'out');

/** A run's document, as far as is looked at here. */
interface Run {
  readonly observers: readonly Observer[];
  readonly phases: readonly {
    readonly name: string;
    readonly observers: readonly (Observer & { readonly memoryMiB: Spread })[];
  }[];
  readonly thresholds: readonly { readonly figure: string; readonly passed: boolean }[];
  readonly series: {
    readonly at: readonly number[];
    readonly observers: readonly {
      readonly name: string;
      readonly restarts: readonly number[];
      readonly memoryMiB: readonly (number | null)[];
      readonly latencyMs: readonly (number | null)[];
    }[];
  };
}

interface Observer {
  readonly name: string;
  readonly restarts: number;
  readonly latencyMs: { readonly count: number; readonly p50: number; readonly max: number };
}

interface Spread {
  readonly mean: number | null;
  readonly max: number | null;
}

/** Memory is seen now and then in real time: each phase takes a second of it. */
const speed = '1200x';

const total = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);

const conditions = [
  ['phases.calm.observers.mesh.restarts', '== 0'],
  ['phases.rough.observers.mesh.restarts', '>= 1'],
  ['phases.*.observers.kademlia.restarts', '== 0'],
  ['phases.*.observers.kademlia.latencyMs.p99', '< 10m'],
  ['phases.*.observers.*.latencyMs.count', '> 0'],
  ['phases.calm.observers.kademlia.memoryMiB.max', '> 0.5'],
  ['phases.calm.observers.kademlia.memoryMiB.mean', '< 400'],
] as const;

beforeAll(() => {
  writeFileSync(
    file,
    [
      'version: 1',
      'population: { peers: 100 }',
      'updates: { heartbeat: { every: 1m } }',
      'observers: [mesh, kademlia]',
      'phases:',
      '  - { kind: steady, name: calm, duration: 20m }',
      '  - { kind: steady, name: rough, duration: 20m }',
      'faults: [{ fault: exit, observer: mesh, phase: rough, at: 5m }]',
      'thresholds:',
      ...conditions.map(([figure, condition]) => `  ${figure}: '${condition}'`),
    ].join('\n'),
  );
});

describe('what happened to each observer', () => {
  let ending: Ending;
  let run: Run;

  beforeAll(async () => {
    ending = await panoptes('run', file, '--speed', speed, '--out', out, '--json');
    run = JSON.parse(ending.stdout) as Run;
  });

  it('can be held to conditions, phase by phase', () => {
    expect(run.thresholds.filter(({ passed }) => !passed)).toEqual([]);
    expect(run.thresholds.map(({ figure }) => figure)).toEqual(
      conditions.map(([figure]) => figure),
    );
    expect(ending.code).toBe(0);
  });

  it('is told of each phase: together they are what the run has', () => {
    expect(run.phases.map(({ name }) => name)).toEqual(['calm', 'rough']);
    for (const { name, restarts, latencyMs } of run.observers) {
      const own = run.phases.map(({ observers }) => observers.find((one) => one.name === name)!);
      expect(total(own.map((one) => one.restarts))).toBe(restarts);
      expect(total(own.map((one) => one.latencyMs.count))).toBe(latencyMs.count);
      expect(Math.max(...own.map((one) => one.latencyMs.max))).toBe(latencyMs.max);
    }
    expect(run.observers.map(({ restarts }) => restarts > 0)).toEqual([true, false]);
  });

  it('is told at each sample', () => {
    for (const { name, restarts, memoryMiB, latencyMs } of run.series.observers) {
      const { max } = run.observers.find((one) => one.name === name)!.latencyMs;
      for (const column of [restarts, memoryMiB, latencyMs]) {
        expect(column).toHaveLength(run.series.at.length);
      }
      expect(memoryMiB.some((one) => one !== null && one > 0.5 && one < 400)).toBe(true);
      const medians = latencyMs.filter((one) => one !== null);
      expect(medians.length).toBeGreaterThan(5);
      for (const median of medians) expect(median).toBeLessThanOrEqual(max * 1.01 + 0.001);
    }
    const [head] = readFileSync(join(out, 'series.csv'), 'utf8').split('\n');
    expect(head).toContain('mesh.restarts,mesh.memory_mib,mesh.latency_ms');
  });

  it('is in its report, and in the report that is made again', async () => {
    const again = join(directory, 'again');
    expect((await panoptes('report', out, '--out', again)).code).toBe(0);
    for (const folder of [out, again]) {
      const html = readFileSync(join(folder, 'report.html'), 'utf8');
      expect(html).toContain('<h2>Memory of the observers</h2>');
    }
  });

  it('fails a condition that does not hold', async () => {
    const wrong = ['--set', 'thresholds={ phases.calm.observers.*.memoryMiB.max: "< 0.001" }'];
    const { code, stderr, stdout } = await panoptes('run', file, ...wrong);
    expect(code).toBe(99);
    expect(`${stdout}${stderr}`).toContain('phases.calm.observers.*.memoryMiB.max');
  });
});
