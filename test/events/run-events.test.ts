import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from '@panoptes/core';
import { simulate } from '@panoptes/sim';
import { describe, expect, it } from 'vitest';
import {
  type EventRow,
  ndjsonRows,
  parquetRows,
  replayed,
} from '../../packages/sim/src/events/event-rows.fixture.js';
import { interrupted } from '../fixtures/interrupted.js';
import { commandSession, type JsonSummary, stackLine } from '../fixtures/panoptes-command.js';

const panoptes = commandSession();
const folder = mkdtempSync(join(tmpdir(), 'panoptes-events-'));
const fileOf = (name: string): string => join(folder, name);
const scenario = fileOf('short.yaml');
writeFileSync(
  scenario,
  `version: 1
population: { peers: 200 }
updates: { heartbeat: { every: 2m }, trust: { every: 5m } }
phases: [{ kind: steady, duration: 1h }]
observers: [mesh]
registry: { log: 1MiB }
`,
);
const trace = fileOf('two.avt');
writeFileSync(trace, 'a\t1\t0 60\nb\t2\t30 90 120 180\n');

/** The digest of a registry that holds these peers. */
async function digestOf(rows: readonly EventRow[]): Promise<string> {
  const registry = new Registry({ peers: { maxFutureSecs: Number.MAX_VALUE } });
  await registry.upsertMany(replayed(rows).values());
  const digest = registry.digest();
  await registry.close();
  return digest;
}

describe('--events', () => {
  it('writes every change that a run commits, the same in each format and in each run', async () => {
    const text = new Map<string, EventRow[]>();
    for (const name of ['one.ndjson', 'two.parquet', 'three.ndjson']) {
      const file = fileOf(name);
      const { code, stdout } = await panoptes('run', scenario, '--events', file, '--json');
      expect(code).toBe(0);
      const run = JSON.parse(stdout) as JsonSummary;
      const rows = name.endsWith('parquet') ? await parquetRows(file) : ndjsonRows(file);
      text.set(name, rows);
      expect(rows.length).toBeGreaterThan(1_000);
      expect(rows.length).toBe(run.observers[0]!.delivered);
      expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, at) => at + 1));
      expect(replayed(rows).size).toBe(run.peers.final);
      expect(await digestOf(rows)).toBe(run.registryDigest);
      expect([existsSync(`${file}.partial`), existsSync(`${file}.lock`)]).toEqual([false, false]);
    }
    const [one, two, three] = text.values();
    expect(two).toEqual(one);
    expect(three).toEqual(one);
  });

  it('is of a replay, and of a simulation from code, too', async () => {
    const replay = fileOf('replay.csv');
    expect((await panoptes('replay', trace, '--events', replay, '--quiet')).code).toBe(0);
    const lines = readFileSync(replay, 'utf8').trimEnd().split('\n');
    const column = lines[0]!.split(',').indexOf('kind');
    const kinds = lines.slice(1).map((line) => line.split(',')[column]);
    expect(kinds).toEqual(['added', 'added', 'removed', 'removed', 'added', 'removed']);

    const file = fileOf('code.ndjson');
    const peerId = { nodeId: 'a', publicKey: 'aa', did: `did:zhtp:${'a'.repeat(16)}` };
    const join = (at: number) => ({ at, kind: 'join' as const, peer: { peerId } });
    const source = [join(250), { at: 1_000.5, kind: 'leave' as const, nodeId: 'a' }];
    await simulate({ source, observers: [], events: file });
    const epochMs = Date.UTC(2026, 0, 1);
    expect(ndjsonRows(file).map(({ kind, at }) => [kind, at])).toEqual([
      ['added', epochMs + 250],
      ['removed', epochMs + 1_000.5],
    ]);
  });

  it.each(['ndjson', 'parquet'])(
    'that is interrupted leaves what was written, readable, under another name: %s',
    async (ending) => {
      const file = fileOf(`cut.${ending}`);
      writeFileSync(file, 'of an earlier run');
      const { code, stderr } = await interrupted(
        [
          ...['run', scenario, '--set', 'phases.0.duration=1000d', '--speed', '600x'],
          ...['--events', file, '--json'],
        ],
        (ending) => ending.code !== null && (JSON.parse(ending.stdout) as JsonSummary).events > 199,
      );
      expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
      expect(readFileSync(file, 'utf8')).toBe('of an earlier run');
      const rows =
        ending === 'parquet' ? await parquetRows(`${file}.partial`) : ndjsonRows(`${file}.partial`);
      expect(rows.length).toBeGreaterThan(199);
      expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, at) => at + 1));
      expect(existsSync(`${file}.lock`)).toBe(false);
    },
    100_000,
  );

  it('writes beside what stands under its other name, and into no file that this leads to', async () => {
    const file = fileOf('linked.ndjson');
    writeFileSync(fileOf('precious.txt'), 'precious');
    symlinkSync(fileOf('precious.txt'), `${file}.partial`);
    expect((await panoptes('run', scenario, '--events', file, '--quiet')).code).toBe(0);
    expect(ndjsonRows(file).length).toBeGreaterThan(1_000);
    expect(readFileSync(fileOf('precious.txt'), 'utf8')).toBe('precious');
    expect(lstatSync(file).isSymbolicLink()).toBe(false);
  });

  it('refuses at once what it cannot write, with one sentence', async () => {
    symlinkSync(fileOf('nowhere.csv'), fileOf('dangling.csv'));
    symlinkSync(fileOf('round.csv'), fileOf('round.csv'));
    mkdirSync(fileOf('folder.csv'));
    for (const [file, reason] of [
      [
        fileOf('events.xlsx'),
        /^panoptes: --events: .*\.ndjson, \.csv or \.parquet, got '.*xlsx'\n$/,
      ],
      [fileOf('events'), /^panoptes: --events: .*\.ndjson, \.csv or \.parquet/],
      [
        fileOf('folder.csv'),
        /^panoptes: option 'events': expected a file, got .*folder\.csv, which is none\n$/,
      ],
      [fileOf('nowhere/events.csv'), /^panoptes: the file of events .*ENOENT/],
      [fileOf('dangling.csv'), /^panoptes: the file of events .*ENOENT/],
      [fileOf('round.csv'), /^panoptes: the file of events .*ELOOP/],
      [fileOf(`${'x'.repeat(255)}.csv`), /^panoptes: the file of events .*ENAMETOOLONG/],
    ] as const) {
      const { code, stdout, stderr } = await panoptes('run', scenario, '--events', file);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(reason);
      expect(stderr).not.toMatch(stackLine);
    }
    const source = [{ at: 0, kind: 'leave' as const, nodeId: 'a' }];
    const refused = simulate({ source, observers: [], events: 'events.txt' });
    await expect(refused).rejects.toThrow(/'events'|--events/);
  });
});
