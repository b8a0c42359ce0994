import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ConfigError } from '@panoptes/core';
import {
  checkRecording,
  createRecordedLog,
  RecordedLogError,
  RecordedLogSink,
  runLimits,
} from '@panoptes/testkit';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { aRun } from '../report/run-document.fixture.js';
import { readRunDocument } from '../report/run-files.js';
import { ScenarioError } from '../scenario/file/scenario-error.js';
import { parseScenario, readScenarioSource } from '../scenario/file/scenario-file.js';
import { scenarioTemplate } from '../scenario/published/scenario-template.js';
import { makeRecord } from '../traces/enr.fixture.js';
import { openTrace } from '../traces/open-trace.js';
import { TraceError } from '../traces/trace-error.js';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-mutated-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What may happen to bytes on their way. */
type Mutation = (bytes: Buffer) => Buffer;
const splice =
  (at: number, removed: number, inserted: Uint8Array): Mutation =>
  (bytes) => {
    const from = Math.floor(at * bytes.length);
    return Buffer.concat([bytes.subarray(0, from), inserted, bytes.subarray(from + removed)]);
  };
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
/** Bytes with a meaning in one of the formats, and any others. */
const piece = fc.oneof(
  fc.uint8Array({ maxLength: 6 }),
  fc
    .constantFrom('"', '{', '}', '[', ']', ',', ':', '\t', '\n', '\r\n', '-', '0', '1e999', 'null')
    .map((text) => Buffer.from(text)),
  fc
    .constantFrom('__proto__', '\ufeff', '\\u0000', '<<', '&a ', '*a', '\ud800', '9'.repeat(40))
    .map((text) => Buffer.from(text)),
);
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.nat(8), piece).map((parts) => splice(...parts)),
  place.map((at) => (bytes: Buffer) => bytes.subarray(0, Math.floor(at * bytes.length))),
  fc.tuple(place, place).map(([from, to]) => (bytes: Buffer) => {
    const taken = bytes.subarray(Math.floor(from * bytes.length));
    return splice(to, 0, taken.subarray(0, 400))(bytes);
  }),
);
const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });

/** Reads a file with changed bytes in it, again and again. */
async function tryMutated(
  name: string,
  bytes: Buffer,
  read: (file: string) => Promise<void>,
): Promise<void> {
  const file = join(folder, name);
  await fc.assert(
    fc.asyncProperty(mutations, async (changes) => {
      writeFileSync(
        file,
        changes.reduce((changed, change) => change(changed), bytes),
      );
      await read(file);
    }),
    { numRuns: 150 },
  );
}

const [a, b] = [makeRecord('a'), makeRecord('b')];
const time = (second: number): string => `2024-01-01T00:00:0${second}Z`;
const seen = { score: 1, firstResponse: time(0), lastResponse: time(1) };
const node = { id: 'x', firstSeen: 1, lastSeen: 2, online: true, gateway: false, clients: 1 };
const traces: Readonly<Record<string, string>> = {
  'peers.avt': 'aa\t2\t 0 10 12 15\nbb\t1\t 3 9\ncc\t0\t \n',
  'churn.jsonl': [
    { t: time(1), op: 'add', ...a, ...seen },
    { t: time(2), op: 'upd', ...a, score: 2, lastResponse: time(2) },
    { t: time(3), op: 'del', id: a.id },
  ]
    .map((change) => `${JSON.stringify(change)}\n`)
    .join(''),
  'crawl.json': JSON.stringify(
    Object.fromEntries(
      [a, b].map(({ id, seq, record }) => [id, { seq, record, ...seen, lastCheck: time(2) }]),
    ),
  ),
  'mesh.json': JSON.stringify({
    nodes: [node, { ...node, id: 'y' }],
    links: [{ source: 'x', target: 'y', sourceTq: 1, targetTq: 0.5, type: 'vpn' }],
  }),
  'yanic.json': JSON.stringify({
    nodes: { x: { firstseen: time(1), lastseen: time(2), flags: { online: true } } },
    batadv: { nodes: [{ node_id: 'x' }, { id: 'y' }], links: [{ source: 0, target: 1, tq: 1.5 }] },
    topology: [{ lastHopIP: 'u', destinationIP: 'x', linkQuality: 1, neighborLinkQuality: 1 }],
    mid: [{ main: { ipAddress: 'u' }, aliases: [{ ipAddress: 'v' }] }],
    vis: [{ primary: 'z', neighbors: [{ router: 'z', neighbor: 'v', metric: '1.5' }] }],
  }),
  'named-otherwise': 'aa\t1\t 0 10\nbb\t1\t 3 9\n',
};

async function readTrace(file: string, strict: boolean): Promise<void> {
  try {
    const source = await openTrace(file, { strict, maxInputBytes: 2 ** 20 });
    for await (const { at } of source.events) expect(at).toBeGreaterThanOrEqual(0);
    expect(strict ? source.skipped!.count : 0).toBe(0);
  } catch (error) {
    expect(error).toBeInstanceOf(TraceError);
    expect((error as TraceError).file).toBe(file);
    expect((error as TraceError).message).toMatch(/expected|cannot/);
  }
}

describe('a trace with some of its bytes changed', () => {
  it.each(Object.entries(traces))('is read or refused with its place: %s', async (name, text) => {
    await tryMutated(name, Buffer.from(text), async (file) => {
      await readTrace(file, false);
      await readTrace(file, true);
    });
  });

  it.each(Object.entries(traces))('is so packed with gzip, too: %s', async (name, text) => {
    await tryMutated(`${name}.gz`, gzipSync(text), (file) => readTrace(file, false));
  });
});

/** Calls what may refuse a file, with one kind of error and its name. */
async function readOrRefuse(
  file: string,
  kind: new (...args: never[]) => Error,
  read: () => unknown,
): Promise<void> {
  try {
    await read();
  } catch (error) {
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toContain(file);
  }
}

/** What an observer saw, as it is recorded. */
function aRecording(): string {
  const file = join(folder, 'recorded.plog');
  createRecordedLog(file, {
    format: 'panoptes.recorded-log',
    version: 2,
    node: process.version,
    source: 'hand-made',
    seed: null,
    facts: { ...runLimits(), observers: [{ name: 'mesh', kind: 'mesh' }] },
  });
  const sink = new RecordedLogSink(file, { observer: 0, incarnation: 1 }, { now: () => 0 });
  sink.take({ kind: 'start' });
  sink.take({ kind: 'end' });
  sink.flush();
  sink.close();
  return file;
}

describe('another file with some of its bytes changed', () => {
  it.each([
    ['scenario.yaml', scenarioTemplate()],
    [
      'scenario.json',
      '{"version":1,"population":{"peers":10},"phases":[{"kind":"steady","duration":"1h"}]}',
    ],
  ])('is read or refused with its place: %s', async (name, text) => {
    await tryMutated(name, Buffer.from(text), (file) =>
      readOrRefuse(file, ScenarioError, () => parseScenario(readScenarioSource(file))),
    );
  });

  it('is read or refused with its name: a summary', async () => {
    await tryMutated('summary.json', Buffer.from(JSON.stringify(aRun)), (file) =>
      readOrRefuse(file, ConfigError, () => readRunDocument(file)),
    );
  });

  it('is read or refused with its name: a recorded log', async () => {
    await tryMutated('run.plog', readFileSync(aRecording()), (file) =>
      readOrRefuse(file, RecordedLogError, () => checkRecording(file)),
    );
  });
});
