import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { tiers } from '@panoptes/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EntryMark, HistoryRecord, SeenChange } from '../checkers/history.js';
import {
  BlockOffset,
  blockHeadBytes,
  discoveryMethods,
  filePrefixBytes,
  removalReasons,
} from './recorded-log-layout.js';
import { markOf } from '../checkers/hand-made.fixture.js';
import { RecordedLogError } from './recorded-log-error.js';
import { factsOf, newFile, readLog, writeLog } from './recorded-log.fixture.js';

const seq = fc.oneof(fc.nat(300), fc.maxSafeNat());
const text = fc.oneof(
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('hex')),
);
const nodeId = fc.oneof(fc.constantFrom('a', 'b', 'ff00', 'FF00'), text);
const mark: fc.Arbitrary<EntryMark> = fc.record({
  stamp: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  tier: fc.constantFrom(...tiers),
  discoveryMethod: fc.constantFrom(...discoveryMethods),
  authenticated: fc.boolean(),
  quantumSecure: fc.boolean(),
});
const change: fc.Arbitrary<SeenChange> = fc.oneof(
  fc.record({ kind: fc.constant('PeerAdded' as const), seq, nodeId, now: mark }),
  fc.record({ kind: fc.constant('PeerUpdated' as const), seq, nodeId, old: mark, now: mark }),
  fc.record({
    kind: fc.constant('PeerRemoved' as const),
    seq,
    nodeId,
    old: mark,
    reason: fc.constantFrom(...removalReasons),
  }),
);
const record: fc.Arbitrary<HistoryRecord> = fc.oneof(
  fc.constantFrom<HistoryRecord>(
    { kind: 'start' },
    { kind: 'snapshot-end' },
    { kind: 'end' },
    { kind: 'revival' },
  ),
  fc.record({ kind: fc.constant('snapshot' as const), seq, size: fc.nat() }),
  fc.record({ kind: fc.constant('peer' as const), nodeId, now: mark }),
  fc.record({ kind: fc.constant('progress' as const), seq }),
  fc.record({ kind: fc.constant('resume' as const), seq }),
  fc.record({ kind: fc.constant('digest' as const), digest: text }),
  fc.record({
    kind: fc.constant('event' as const),
    seq,
    isBatch: fc.boolean(),
    changes: fc.array(change, { maxLength: 6 }),
  }),
);

const twoObservers = factsOf('one', 'other');
const ending = { lastSeq: 7, peers: 1, sum: 12, live: ['one'] };
const some: HistoryRecord[] = [
  { kind: 'start' },
  { kind: 'snapshot', seq: 3, size: 1 },
  { kind: 'peer', nodeId: 'abcd', now: markOf('abcd', 2) },
  { kind: 'snapshot-end' },
];

/** A log of three blocks and an ending, the offsets of its blocks, and a way to write it changed. */
function sample(): { bytes: Buffer; blocks: number[]; rewrite: (bytes: Buffer) => string } {
  const parts = [
    { observer: 0, incarnation: 1, at: 10, records: some },
    { observer: 1, incarnation: 1, at: 20, records: some },
    { observer: 0, incarnation: 1, at: 30, records: [{ kind: 'end' } as const] },
  ];
  const bytes = readFileSync(writeLog(twoObservers, parts, ending));
  const blocks = [filePrefixBytes + bytes.readUInt32LE(8)];
  while (blocks.at(-1)! < bytes.length) {
    const at = blocks.at(-1)!;
    blocks.push(at + blockHeadBytes + bytes.readUInt32LE(at + BlockOffset.length));
  }
  const rewrite = (changed: Buffer): string => {
    const file = newFile('changed.plog');
    writeFileSync(file, changed);
    return file;
  };
  return { bytes, blocks, rewrite };
}

async function errorOf(file: string): Promise<RecordedLogError> {
  try {
    await readLog(file);
  } catch (error) {
    if (error instanceof RecordedLogError) return error;
    throw error;
  }
  throw new Error('expected a RecordedLogError, but the whole log could be read');
}

describe('a recorded log', () => {
  it('returns what was written by any writer, in the order of blocks', async () => {
    const part = fc.record({
      observer: fc.constantFrom(0, 1),
      incarnation: fc.integer({ min: 1, max: 3 }),
      at: fc.double({ noNaN: true }),
      records: fc.array(record, { minLength: 1, maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
        const items = await readLog(writeLog(twoObservers, parts, ending));
        const expected = parts.flatMap(({ observer, incarnation, at, records }) =>
          records.map((one) => ({
            origin: {
              observer: twoObservers.observers[observer]!.name,
              incarnation,
              at,
              offset: expect.any(Number) as number,
            },
            record: one,
          })),
        );
        expect(items).toEqual([...expected, { ending }]);
      }),
      { numRuns: 100 },
    );
  });

  it('writes a long snapshot in several blocks, of which one is in memory at a time', async () => {
    const size = 20_000;
    const records: HistoryRecord[] = [
      { kind: 'snapshot', seq: 1, size },
      ...Array.from({ length: size }, (_, n): HistoryRecord => ({
        kind: 'peer',
        nodeId: `peer ${n}`,
        now: { ...markOf('p', 1), stamp: n },
      })),
    ];
    const file = writeLog(twoObservers, [{ observer: 0, incarnation: 1, records }]);
    const items = await readLog(file);
    expect(items.map((item) => 'record' in item && item.record)).toEqual(records);
    const blocks = new Set(items.map((item) => 'origin' in item && item.origin.offset));
    expect(blocks.size).toBeGreaterThan(5);
    expect(statSync(file).size).toBeLessThan(25 * size);
  });

  it('takes a transaction of more changes than a block holds', async () => {
    const changes = Array.from({ length: 50_000 }, (_, n): SeenChange => ({
      kind: 'PeerAdded',
      seq: 1,
      nodeId: `a rather long name of peer number ${n}`,
      now: { ...markOf('p', 1), stamp: n },
    }));
    const event = { kind: 'event', seq: 1, isBatch: true, changes } as const;
    const items = await readLog(
      writeLog(twoObservers, [{ observer: 0, incarnation: 1, records: [event] }]),
    );
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ record: event });
  });
});

describe('a recorded log that is damaged', () => {
  it.each([
    ['is not there', () => newFile('missing.plog'), undefined, 'cannot be opened'],
    ['is something else', () => rewritten('{"nodes":[]}'), 'magic', 'expected a recorded log'],
    ['is empty', () => rewritten(''), 'magic', 'expected a recorded log'],
    ['ends within its prefix', () => rewritten('PANOPLOG12'), 'length', 'cut off'],
  ])('%s', async (_, file, field, words) => {
    const error = await errorOf(file());
    expect(error.field).toBe(field);
    expect(error.message).toContain(words);
    expect(error.code).toBe('RECORDED_LOG_INVALID');
  });

  const rewritten = (content: string): string => {
    const file = newFile('other.plog');
    writeFileSync(file, content);
    return file;
  };

  it('says so of every byte that is changed, and where', async () => {
    const { bytes, blocks, rewrite } = sample();
    const file = rewrite(bytes);
    const headerEnd = blocks[0]!;
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 0x55;
      writeFileSync(file, changed);
      const error = await errorOf(file);
      expect(error.file).toBe(file);
      expect(error.field).toBeDefined();
      const begin = at < headerEnd ? 0 : blocks.findLast((block) => block <= at)!;
      expect(error.offset).toBeGreaterThanOrEqual(begin);
      expect(error.offset).toBeLessThanOrEqual(Math.max(at, begin + blockHeadBytes));
    }
  });

  it('says so wherever it is cut off, but between blocks', async () => {
    const { bytes, blocks, rewrite } = sample();
    const file = rewrite(bytes);
    for (let length = 0; length < bytes.length; length++) {
      writeFileSync(file, bytes.subarray(0, length));
      if (blocks.includes(length)) await readLog(file);
      else expect((await errorOf(file)).message).toMatch(/cut off|expected a recorded log/);
    }
  });

  it('says so when a block is missing, repeated, out of place, or comes after the end', async () => {
    const { bytes, blocks, rewrite } = sample();
    const [first, second, third, last, end] = blocks as [number, number, number, number, number];
    const header = bytes.subarray(0, first);
    const one = bytes.subarray(first, second);
    const three = bytes.subarray(third, last);
    const finish = bytes.subarray(last, end);
    for (const [pieces, words] of [
      [[header, three], 'expected block 0 of incarnation 1 of one, got 1'],
      [[header, one, one], 'expected block 1 of incarnation 1 of one, got 0'],
      [[header, three, one], 'expected block 0 of incarnation 1 of one, got 1'],
      [[header, one, finish, three], 'expected nothing after the run’s end'],
    ] as const) {
      expect((await errorOf(rewrite(Buffer.concat(pieces)))).message).toContain(words);
    }
  });

  it.each<[string, number[], string, string]>([
    ['a record of no kind', [99], 'kind', 'a number below 10, got 99'],
    ['a seq that is cut off', [1, 0x80], 'snapshot.seq', 'within its block'],
    ['a seq beyond 2^53', [5, ...Array<number>(7).fill(0xff), 0x7f], 'progress.seq', 'below 2^53'],
    ['a name that was never named', [2, 1], 'peer.nodeId', 'a name up to 0, got 1'],
    ['a name that is too long', [2, 0, 0x90, 0x80, 0x01], 'peer.nodeId', 'at most 4096'],
    [
      'a tier that there is not',
      [2, 0, 2, 97, 0, 0, 0, 0, 0, 0, 7],
      'peer.now.traits',
      'way of discovery, got 7',
    ],
    ['a change of no kind', [4, 1, 2, 3], 'change.kind', 'a kind of change, got 3'],
    ['more changes than bytes', [4, 1, 0xff, 0xff, 0xff, 0x7f], 'event.changes', 'fewer changes'],
  ])('says so of %s, though its checksum is right', async (_, payload, field, words) => {
    const { bytes, blocks, rewrite } = sample();
    const head = Buffer.from(bytes.subarray(blocks[0], blocks[0]! + blockHeadBytes));
    const block = Buffer.concat([head, Buffer.from(payload)]);
    block.writeUInt32LE(payload.length, BlockOffset.length);
    block.writeUInt32LE(crc32(block.subarray(BlockOffset.observer)), BlockOffset.crc);
    const file = rewrite(bytes.subarray(0, blocks[0]));
    appendFileSync(file, block);
    const error = await errorOf(file);
    expect(error.field).toBe(field);
    expect(error.message).toContain(words);
    expect(error.offset).toBeGreaterThan(blocks[0]! + blockHeadBytes);
  });

  it.each<[string, (header: { version: number; facts: { observers: unknown } }) => void, string]>([
    ['of another version', (header) => (header.version = 1), 'header.version'],
    [
      'without names of observers',
      (header) => (header.facts.observers = [{ kind: 'x' }]),
      'header.facts.observers.0.name',
    ],
  ])('says so of a header %s', async (_, change, field) => {
    const { bytes, blocks, rewrite } = sample();
    const header = JSON.parse(bytes.toString('utf8', filePrefixBytes, blocks[0])) as never;
    change(header);
    const json = Buffer.from(JSON.stringify(header));
    const prefix = Buffer.from(bytes.subarray(0, filePrefixBytes));
    prefix.writeUInt32LE(json.length, 8);
    prefix.writeUInt32LE(crc32(json), 12);
    expect((await errorOf(rewrite(Buffer.concat([prefix, json])))).field).toBe(field);
  });
});
