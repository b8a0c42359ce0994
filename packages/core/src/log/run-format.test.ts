import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyPeer, asRead, fullPeer, peerNumbered } from '../peers/peer-entry.fixture.js';
import type { PeerEntry } from '../peers/peer-entry.js';
import { BatchUpdate } from '../registry/batch-update.js';
import { OpenRegistry } from '../registry/open-registry.fixture.js';
import { RunEvents, toObject } from './event-view.js';
import { RECORD_HEADER_BYTES, RecordOffset, UNIT_BYTES } from './log-layout.js';
import { LogReader } from './log-reader.js';
import { EncodedRun } from './encoded-run.js';
import { ReceivedRun } from './received-run.js';
import { RunError } from './run-error.js';
import { RUN_HEADER_BYTES, RunOffset, checkRun, encodeRun } from './run-format.js';

const origin = { id: randomUUID(), epoch: 3 };

/** What a registry writes while `work` is done: its runs, and the events that they hold. */
async function runsOf(work: (registry: OpenRegistry) => Promise<unknown>) {
  const peers = { maxFutureSecs: Number.MAX_VALUE };
  const registry = new OpenRegistry({ peers, log: { logBytes: 2 ** 20 } });
  const { memory, writer } = registry.changeLog;
  const reader = new LogReader(memory, { from: writer.checkpoint() });
  await work(registry);
  const runs: { bytes: Buffer; events: unknown[]; padded: boolean }[] = [];
  while (reader.read() === 'events') {
    const bytes = encodeRun(reader.run, origin);
    const events = [...new RunEvents().load(reader.run)].map(toObject);
    runs.push({ bytes, events, padded: bytes.length - RUN_HEADER_BYTES < reader.run.length });
  }
  return runs;
}

const eventsOf = (bytes: Uint8Array): unknown[] =>
  [...new RunEvents().load(new ReceivedRun(bytes))].map(toObject);

const named = (entry: PeerEntry, nodeId: string): PeerEntry =>
  asRead({ ...entry, peerId: { nodeId, publicKey: 'ab', did: `did:zhtp:${'a'.repeat(16)}` } });

/** Adds, updates of numbers and of texts, a batch and a removal. */
const aLittleOfAll = async (registry: OpenRegistry): Promise<void> => {
  await registry.upsert(fullPeer());
  await registry.update('peer-7', { trustScore: 0.25, nextHop: 'peer-2' });
  const batch = new BatchUpdate().upsert(peerNumbered(1)).upsert(peerNumbered(2));
  await registry.commitBatch(batch.update('peer-7', { links: [] }));
  await registry.remove('peer-2');
};

/** Puts the right checksum into bytes that were changed. */
function sealed(bytes: Buffer): Buffer {
  const header = crc32(bytes.subarray(0, RunOffset.checksum));
  bytes.writeUInt32LE(crc32(bytes.subarray(RUN_HEADER_BYTES), header), RunOffset.checksum);
  return bytes;
}

describe('a run in the run format', () => {
  it('holds the same events when it is received, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(anyPeer, anyPeer, async (first, second) => {
        const runs = await runsOf(async (registry) => {
          await registry.upsert(named(first, 'a'));
          await registry.upsert(named(second, 'a'));
          await registry.remove('a');
        });
        for (const { bytes, events } of runs) expect(eventsOf(bytes)).toEqual(events);
      }),
      { numRuns: 60 },
    );
  });

  it('gives what comes after any of its transactions, in parts of any length', async () => {
    const runs = await runsOf(async (registry) => {
      await aLittleOfAll(registry);
      for (let number = 0; number < 20; number++) await registry.upsert(peerNumbered(number));
    });
    const { bytes, events } = runs[0]!;
    const received = new ReceivedRun(bytes);
    for (let seq = 0; seq <= received.head.lastSeq + 1; seq++) {
      for (const partBytes of [1, 1_000, 2 ** 20]) {
        const parts = [...received.after(seq, partBytes)];
        const seqs = parts.flatMap(({ firstSeq, lastSeq }) => [firstSeq - 1, lastSeq]).slice(1, -1);
        expect(seqs.every((at, index) => index % 2 === 1 || at === seqs[index + 1])).toBe(true);
        const found = parts.flatMap((part) => [...new RunEvents().load(part)].map(toObject));
        expect(found).toEqual(events.slice(seq));
      }
    }
  });

  it('says whose it is and which transactions it has', async () => {
    const [run] = await runsOf(aLittleOfAll);
    expect(checkRun(run!.bytes)).toEqual({ ...origin, firstSeq: 1, lastSeq: 4, transactions: 4 });
  });

  it('leaves out the padding at the end of the log', async () => {
    const runs = await runsOf(async (registry) => {
      const peers = Array.from({ length: 1_500 }, (_, number) => peerNumbered(number));
      await registry.upsertMany(peers);
    });
    expect(runs.some(({ padded }) => padded)).toBe(false);
    const registry = new OpenRegistry({ log: { logBytes: 2 ** 20 } });
    const { memory, writer } = registry.changeLog;
    const reader = new LogReader(memory, { from: writer.checkpoint() });
    let paddings = 0;
    for (let round = 0; round < 6; round++) {
      const peers = Array.from({ length: 700 }, (_, number) => peerNumbered(number + 700 * round));
      await registry.upsertMany(peers);
      while (reader.read() === 'events') {
        const bytes = encodeRun(reader.run, origin);
        if (bytes.length - RUN_HEADER_BYTES < reader.run.length) paddings++;
        const events = [...new RunEvents().load(reader.run)].map(toObject);
        expect(eventsOf(bytes)).toEqual(events);
        // What puts it into the format for itself reads it where it lies.
        const encoded = new EncodedRun(reader.run, origin);
        expect(encoded.bytes.equals(bytes)).toBe(true);
        expect(encoded.head).toEqual(checkRun(bytes));
        expect([...new RunEvents().load(encoded)].map(toObject)).toEqual(events);
      }
    }
    expect(paddings).toBeGreaterThan(0);
  });

  it('is refused with any byte flipped, and cut anywhere', async () => {
    const [run] = await runsOf(aLittleOfAll);
    const { bytes } = run!;
    for (let at = 0; at < bytes.length; at++) {
      const other = Buffer.from(bytes);
      other[at]! ^= 1 << (at & 7);
      expect(() => new ReceivedRun(other)).toThrow(RunError);
      expect(() => new ReceivedRun(bytes.subarray(0, at))).toThrow(
        expect.objectContaining({ code: 'RUN_INVALID', problem: 'cut', at }),
      );
    }
    expect(() => checkRun(Buffer.concat([bytes, bytes]))).toThrow(RunError);
  });

  it.each([
    ['mark', RunOffset.mark],
    ['version', RunOffset.version],
    ['version', RunOffset.headerBytes],
    ['fields', RunOffset.fields],
    ['seqs', RunOffset.firstSeq],
    ['seqs', RunOffset.transactions],
    ['epoch', RunOffset.epoch + 7],
  ] as const)(
    'is refused for its %s, at byte %i, though its checksum is right',
    async (problem, at) => {
      const [run] = await runsOf(aLittleOfAll);
      run!.bytes[at]! ^= 0x81;
      const error = expect.objectContaining({ problem }) as Error;
      const bytes = sealed(run!.bytes);
      expect(() => checkRun(bytes)).toThrow(error);
    },
  );

  it.each<[string, (record: Buffer) => void]>([
    ['a time', (record) => record.writeDoubleLE(NaN, RecordOffset.time)],
    ['a seq', (record) => record.writeDoubleLE(2, RecordOffset.seq)],
    ['flags', (record) => record.writeUInt16LE(2, RecordOffset.flags)],
    ['a kind', (record) => record.writeUInt8(0, RecordOffset.kind)],
    ['a reason', (record) => record.writeUInt8(1, RecordOffset.reason)],
    ['a length', (record) => record.writeUInt32LE(2, RecordOffset.length)],
    ['the length of an entry', (record) => record.writeUInt32LE(8, RECORD_HEADER_BYTES)],
  ])(
    'is refused for %s that no registry writes, though its checksum is right',
    async (what, spoil) => {
      const [run] = await runsOf(aLittleOfAll);
      spoil(run!.bytes.subarray(RUN_HEADER_BYTES));
      const received = (): unknown => new ReceivedRun(sealed(run!.bytes));
      const at = RUN_HEADER_BYTES;
      expect(received).toThrow(expect.objectContaining({ problem: 'record', at }) as Error);
      expect(received).toThrow(what);
    },
  );

  it('is refused when a record is none that a registry writes, though its checksum is right', async () => {
    const [run] = await runsOf(aLittleOfAll);
    const whole = run!.bytes;
    let refused = 0;
    for (let at = RUN_HEADER_BYTES; at < whole.length; at++) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 4;
      sealed(bytes);
      let received: ReceivedRun;
      try {
        received = new ReceivedRun(bytes);
      } catch (error) {
        expect(error).toMatchObject({ code: 'RUN_INVALID', problem: 'record' });
        refused++;
        continue;
      }
      // What passes can be read to its end.
      expect([...new RunEvents().load(received)].map(toObject)).toHaveLength(4);
    }
    expect(refused).toBeGreaterThan(whole.length / 10);
  });

  it('that was put together here takes of its records what a received one takes', async () => {
    const registry = new OpenRegistry({ log: { logBytes: 2 ** 20 } });
    const { memory, writer } = registry.changeLog;
    const reader = new LogReader(memory, { from: writer.checkpoint() });
    await aLittleOfAll(registry);
    expect(reader.read()).toBe('events');
    const { run } = reader;
    const whole = Buffer.from(run.u8.subarray(0, run.length));
    const takes = (make: () => unknown): boolean => {
      try {
        make();
        return true;
      } catch (error) {
        expect(error).toMatchObject({ code: 'RUN_INVALID', problem: 'record' });
        return false;
      }
    };
    let taken = 0;
    const recordBytes = whole.readUInt32LE(RecordOffset.length) * UNIT_BYTES;
    const begins = new Set<number>();
    for (let at = 0; at < whole.length; at += whole.readUInt32LE(at) * UNIT_BYTES) begins.add(at);
    for (let at = 0; at < whole.length; at++) {
      // Lengths beyond the first are held to by whoever reads the log.
      if (at >= recordBytes && begins.has(at & ~3)) continue;
      run.u8.set(whole);
      run.u8[at]! ^= 4;
      const received = takes(() => new ReceivedRun(encodeRun(run, origin)));
      expect([at, takes(() => new EncodedRun(run, origin).checkRecords())]).toEqual([at, received]);
      taken += Number(received);
      if (at >= recordBytes) continue;
      const first = takes(() => new EncodedRun(run, origin).checkEntry(RECORD_HEADER_BYTES));
      expect([at, first]).toEqual([at, received]);
    }
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(0.9 * whole.length);
  });
});
