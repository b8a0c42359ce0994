import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { documentSchema } from '../../packages/bench/src/bench-document.js';
import { documentOf } from '../../packages/bench/src/bench-rows.fixture.js';
import { commandSession, type Ending } from '../fixtures/panoptes-command.js';

const directory = mkdtempSync(join(tmpdir(), 'panoptes-bench-'));
afterAll(() => rmSync(directory, { recursive: true }));

const compiled = (path: string): string =>
  new URL(`../../packages/sim/${path}`, import.meta.url).href;

const panoptes = commandSession();
const bench = (...args: string[]): Promise<Ending> => panoptes('bench', ...args);

describe('panoptes bench', () => {
  it.each([
    ['help', 'bench'],
    ['bench', '--help'],
    ['--no-color', 'help', 'bench'],
    ['completion', 'bash'],
  ])('says what it takes when it is asked: %s %s', async (...args) => {
    const { code, stdout, stderr } = await panoptes('--log', 'silent', ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const flag of ['--suite', '--baseline', '--quick']) expect(stdout).toContain(flag);
  });

  it('runs every system on real threads and checks every observer', async () => {
    const charts = join(directory, 'charts');
    const { code, stdout, stderr } = await bench(
      ...['--quick', '--suite', 'fanout', '--observers', '1,2', '--json', '--svg', charts],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const document = documentSchema.parse(JSON.parse(stdout));
    expect(document).toMatchObject({ node: process.version, quick: true, seed: '1' });
    const systems = [
      'panoptes',
      'postMessage',
      'postMessage-batch-100',
      'BroadcastChannel',
      'comlink',
      'piscina',
      'EventEmitter',
      'awaited-clone',
    ];
    for (const observers of [1, 2]) {
      const rows = document.rows.filter((row) => row.observers === observers);
      expect(rows.map(({ system }) => system)).toEqual(systems);
      for (const row of rows) {
        expect(row).toMatchObject({ suite: 'fanout', unit: 'upserts/s', peers: 100 });
        expect(row.runs).toHaveLength(2);
        expect(row.min).toBeGreaterThan(0);
      }
      const ratios = document.ratios.filter((ratio) => ratio.observers === observers);
      expect(ratios.map(({ to }) => to)).toEqual(systems.slice(1));
    }
    expect(readdirSync(charts)).toEqual(['fanout.svg']);
  });

  it.each(['registry', 'votes', 'latency', 'recovery', 'memory', 'scale', 'observers', 'idle'])(
    'measures %s',
    async (suite) => {
      const few = ['--quick', '--runs', '1', '--observers', '1,2'];
      const ending = await bench(...few, '--suite', suite, '--json');
      expect({ code: ending.code, stderr: ending.stderr }).toEqual({ code: 0, stderr: '' });
      const { rows } = documentSchema.parse(JSON.parse(ending.stdout));
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) {
        expect(row).toMatchObject({ suite, system: 'panoptes' });
        expect(row.runs).toHaveLength(1);
      }
    },
  );

  it('measures every operation in registries of each size, in time of the processor and of the clock', async () => {
    const ending = await bench('--quick', '--runs', '1', '--suite', 'operations', '--json');
    expect({ code: ending.code, stderr: ending.stderr }).toEqual({ code: 0, stderr: '' });
    const { rows } = documentSchema.parse(JSON.parse(ending.stdout));
    const metricsOf = (peers: number) =>
      rows.filter((row) => row.peers === peers).map(({ metric }) => metric);
    expect(metricsOf(100)).toEqual(metricsOf(1_000));
    const byTheClock = metricsOf(100).filter((metric) => metric.endsWith(', by the clock'));
    expect(metricsOf(100)).toHaveLength(2 * byTheClock.length);
    for (const name of ['touch', 'add at the cap', 'closest 20 in the DHT, views', 'digest']) {
      expect(metricsOf(100)).toContain(name);
    }
    for (const row of rows) expect(row).toMatchObject({ unit: 'µs', better: 'less', observers: 0 });
    for (const { min } of rows.filter(({ metric }) => byTheClock.includes(metric))) {
      expect(min).toBeGreaterThan(0);
    }
  });

  it('measures simulation at each level of checks, beside a plain Map', async () => {
    const ending = await bench('--quick', '--runs', '1', '--suite', 'simulation', '--json');
    expect({ code: ending.code, stderr: ending.stderr }).toEqual({ code: 0, stderr: '' });
    const { rows, ratios } = documentSchema.parse(JSON.parse(ending.stdout));
    expect(rows.map(({ metric, system }) => [metric, system])).toEqual([
      ['checks full', 'panoptes'],
      ['checks digest', 'panoptes'],
      ['checks none', 'panoptes'],
      ['checks none', 'plain-map'],
    ]);
    expect(new Set(rows.map(({ count }) => count)).size).toBe(1);
    expect(rows[0]!.count).toBeGreaterThan(100);
    expect(ratios).toMatchObject([{ metric: 'checks none', of: 'panoptes', to: 'plain-map' }]);
  });

  it('measures stores beside the disk and a registry without one, where it is told to', async () => {
    const place = join(directory, 'stores');
    mkdirSync(place);
    const flags = ['--quick', '--runs', '1', '--store-dir', place, '--store-peers', '30,70'];
    const ending = await bench('--suite', 'durable', ...flags, '--json');
    expect({ code: ending.code, stderr: ending.stderr }).toEqual({ code: 0, stderr: '' });
    const { rows, ratios } = documentSchema.parse(JSON.parse(ending.stdout));
    const whose = (metric: string) =>
      rows.filter((row) => row.metric === metric).map(({ system, peers }) => [system, peers]);
    expect(whose('async').map(([system]) => system)).toEqual(['in-memory', 'panoptes']);
    expect(whose('commit, awaited').map(([system]) => system)).toEqual(['panoptes', 'fdatasync']);
    expect(whose('commit, outstanding')).toHaveLength(2);
    expect(whose('open')).toEqual([
      ['panoptes', 30],
      ['panoptes', 70],
    ]);
    expect(ratios.map(({ to }) => to)).toEqual(expect.arrayContaining(['in-memory', 'fdatasync']));
    for (const { min } of rows) expect(min).toBeGreaterThan(0);
    expect(readdirSync(place)).toEqual([]);
  });

  it('measures what a dashboard costs that is watched, beside the same registry without one', async () => {
    const { code, stdout, stderr } = await bench('--quick', '--suite', 'dashboard', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { rows, ratios } = documentSchema.parse(JSON.parse(stdout));
    expect(rows.map(({ system, observers }) => [system, observers])).toEqual([
      ['unwatched', 10],
      ['panoptes', 10],
    ]);
    expect(ratios).toMatchObject([{ metric: 'throughput', of: 'panoptes', to: 'unwatched' }]);
  });

  it('measures what processes cost, beside the same observers on threads', async () => {
    const { code, stdout, stderr } = await bench('--quick', '--suite', 'processes', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { rows, ratios } = documentSchema.parse(JSON.parse(stdout));
    const metrics = ['throughput', 'commit with votes', 'votes outstanding', 'crash to live'];
    expect(rows.map(({ system, metric }) => `${system}: ${metric}`).sort()).toEqual(
      ['panoptes', 'threads']
        .flatMap((system) => metrics.map((metric) => `${system}: ${metric}`))
        .sort(),
    );
    expect(ratios.map(({ metric, to }) => [metric, to])).toEqual(
      metrics.map((metric) => [metric, 'threads']),
    );
    for (const { min } of rows) expect(min).toBeGreaterThan(0);
  });

  it('ends at once on Ctrl-C in the middle of a run, and no thread holds the process', async () => {
    const script = `
      const { main } = await import(${JSON.stringify(compiled('lib/cli.js'))});
      const { processTerminal } = await import(${JSON.stringify(compiled('dist/commands/terminal.js'))});
      let interrupt;
      const stderr = { isTTY: true, columns: 80, write: (text) => {
        if (/postMessage, .*: run 1/.test(text)) interrupt();
      } };
      const onInterrupt = (stop) => ((interrupt = stop), () => undefined);
      const terminal = { ...processTerminal, stderr, onInterrupt };
      const args = ['bench', '--suite', 'fanout', '--observers', '2', '--json'];
      console.log('code', await main(args, terminal));`;
    const file = join(directory, 'interrupted.mjs');
    writeFileSync(file, script);
    // It would not end by itself if a thread were left.
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    expect(stdout).toBe('code 130\n');
  });

  it('refuses a baseline of another machine before it measures anything', async () => {
    const file = join(directory, 'baseline.json');
    writeFileSync(file, JSON.stringify(documentOf([])));
    const { code, stdout, stderr } = await bench('--baseline', file);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('was measured on another kind of machine (processor Abacus 3000');
  });

  it.each([
    [['--suite', 'fanin'], '--suite: expected names from fanout, registry'],
    [['--observers', '1,0'], '--observers: expected a whole number from 1 to 200'],
    [['--store-peers', '10,x'], '--store-peers: expected a whole number from 1 to 10000000'],
    [['--suite', 'durable', '--store-dir', '/dev/null/x'], '--store-dir: no folder can be made in'],
    [['--runs', 'many'], '--runs: expected a whole number from 1 to 100'],
    [['--seed', ''], '--seed: expected 1 to 100 characters'],
  ])('refuses %j with exit code 2', async (args, words) => {
    const { code, stderr } = await bench(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });
});
