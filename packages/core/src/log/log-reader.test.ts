import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineWord, ReaderState, Word } from './log-layout.js';
import { LogCorruptError } from './log-errors.js';
import { createLogMemory, type LogPoint } from './log-memory.js';
import { LogReader } from './log-reader.js';
import { LogWriter } from './log-writer.js';
import { ReaderLines } from './reader-lines.js';
import { problemIn, unitsOf, writeTransaction } from './self-checking.fixture.mjs';

function open(startPosition = 0, logBytes = 4096) {
  const memory = createLogMemory({ logBytes, readers: 4, startPosition });
  const lines = new ReaderLines(memory);
  const writer = new LogWriter(memory, lines);
  return { memory, lines, writer, from: writer.checkpoint() };
}

describe('the log reader', () => {
  it('agrees with a plain list, at every start position and any interleaving', () => {
    const start = fc.oneof(
      fc.integer({ min: 0, max: 1023 }),
      fc.integer({ min: -1023, max: 1023 }).map((near) => 2 ** 31 + near),
      fc.integer({ min: -1023, max: 1023 }).map((near) => 2 ** 32 + near),
    );
    const step = fc.oneof(
      fc.record({ do: fc.constant('write' as const), count: fc.integer({ min: 1, max: 12 }) }),
      fc.record({ do: fc.constant('read' as const), count: fc.integer({ min: 0, max: 2 }) }),
    );
    let lapped = 0;
    fc.assert(
      fc.property(start, fc.array(step, { minLength: 20, maxLength: 120 }), (position, steps) => {
        const { memory, lines, writer, from } = open(position);
        const gating = lines.allocate(1, from)!;
        lines.setGating(gating, true);
        const readers = [
          new LogReader(memory, { from, line: gating, runBytes: 1024 }),
          new LogReader(memory, { from, runBytes: 256 }),
          new LogReader(memory, { from, line: lines.allocate(1, from)! }),
        ];
        // The model: where each transaction starts, so that lapping can be foretold.
        const starts: LogPoint[] = [from];
        let published = 0;

        const readOnce = (index: number): void => {
          const reader = readers[index]!;
          const before = reader.lastSeq;
          const claimed = Atomics.load(memory.words, Word.claimed);
          const isLapped = (claimed - (starts[before]!.position | 0)) >>> 0 > memory.units;
          const found = reader.read();
          expect(found).toBe(isLapped ? 'lapped' : before === published ? 'empty' : 'events');
          if (found === 'events') {
            expect(problemIn(reader.run)).toBeUndefined();
            expect(reader.run.firstSeq).toBe(before + 1);
            expect(reader.run.lastSeq).toBe(reader.lastSeq);
            expect(reader.lastSeq).toBeLessThanOrEqual(published);
            reader.advance();
          }
          if (found === 'lapped') {
            lapped++;
            expect(index).not.toBe(0);
            reader.seek(starts[published]!);
          }
        };
        for (const { do: what, count } of steps) {
          if (what === 'read') readOnce(count);
          for (let more = count; what === 'write' && more > 0; more--) {
            const seq = writer.lastSeq + 1;
            if (!writer.fits(unitsOf(writer, seq))) break;
            writeTransaction(writer, seq);
            // Where it ends is where the next starts; asking for it publishes.
            starts.push(writer.checkpoint());
            published = seq;
          }
        }
        while (readers[0]!.lastSeq < published) readOnce(0);
        expect(lines.cursor(gating, writer.lastSeq)).toBe(published);
      }),
      { numRuns: 300 },
    );
    expect(lapped).toBeGreaterThan(100);
  });

  it('follows across many laps at every alignment of the ring', () => {
    for (let start = 0; start < 512; start += 1) {
      const { memory, writer, from } = open(2 ** 32 - 256 - start);
      const reader = new LogReader(memory, { from, runBytes: 512 });
      for (let seq = 1; seq <= 40; seq++) {
        writeTransaction(writer, seq);
        writer.publish();
        while (reader.read() === 'events') expect(problemIn(reader.run)).toBeUndefined();
        expect(reader.lastSeq).toBe(seq);
      }
    }
  });

  it('copies a transaction larger than its buffer whole, and gives the memory back later', () => {
    const { memory, writer, from } = open(0, 65_536);
    const reader = new LogReader(memory, { from, runBytes: 512 });
    for (let at = 0; at < 4; at++) writer.begin(1, 0, at < 3 ? 1 : 0, 1, 8_000);
    writer.publish();
    expect(reader.read()).toBe('events');
    expect(reader.run.transactions).toBe(1);
    const large = reader.run.u8.length;
    expect(large).toBeGreaterThanOrEqual(32_000);
    for (let seq = 2; seq <= 80; seq++) {
      writer.begin(1, 0, 0, seq, 8);
      writer.publish();
      expect(reader.read()).toBe('events');
    }
    expect(reader.run.u8.length).toBe(512);
  });

  it('knows that it was lapped after exactly 32 GiB, where the wrapped positions are equal', () => {
    const { memory, from } = open();
    const reader = new LogReader(memory, { from });
    // As if the writer had gone on for 2^32 units.
    Atomics.add(memory.words, Word.epoch, 256);
    expect(reader.read()).toBe('lapped');
  });

  it('throws away a copy that the writer overtook while it was made', () => {
    const { memory, writer, from } = open();
    const reader = new LogReader(memory, { from });
    writeTransaction(writer, 1);
    writer.publish();
    const copy = reader.run.copy.bind(reader.run);
    reader.run.copy = (...what) => {
      copy(...what);
      while (writer.checkpoint().position <= memory.units) {
        writeTransaction(writer, writer.lastSeq + 1);
      }
    };
    expect(reader.read()).toBe('lapped');
    expect(reader.lastSeq).toBe(0);
  });

  it('hands its space back once it has copied, and moves its cursor once the handler is done', () => {
    const { memory, lines, writer, from } = open();
    const line = lines.allocate(1, from)!;
    const reader = new LogReader(memory, { from, line });
    writeTransaction(writer, 1);
    writer.publish();
    expect(lines.bytesBehind(line)).toBeGreaterThan(0);
    reader.read();
    expect(lines.bytesBehind(line)).toBe(0);
    expect(lines.cursor(line, 1)).toBe(0);
    reader.advance();
    expect(lines.cursor(line, 1)).toBe(1);
  });

  it('throws on a gap in the seqs and on a length that cannot be', () => {
    for (const spoil of ['seq', 'length', 'end'] as const) {
      const { memory, writer, from } = open();
      writeTransaction(writer, 1);
      writer.publish();
      if (spoil === 'seq') memory.f64[1] = 7;
      if (spoil === 'length') memory.u32[0] = 0;
      if (spoil === 'end') memory.u32[0] = 500;
      expect(() => new LogReader(memory, { from }).read()).toThrow(LogCorruptError);
    }
  });

  it('says on its line what it is doing', async () => {
    const { memory, lines, writer, from } = open();
    const line = lines.allocate(3, from)!;
    expect(lines.state(line)).toBe(ReaderState.starting);
    const reader = new LogReader(memory, { from, line });
    expect(lines.state(line)).toBe(ReaderState.following);
    const beat = lines.heartbeat(line);
    reader.read();
    expect(lines.heartbeat(line)).not.toBe(beat);
    const parked = reader.park();
    expect(lines.isParked(line)).toBe(true);
    reader.stop();
    await parked;
    expect(lines.isParked(line)).toBe(false);
    expect(lines.state(line)).toBe(ReaderState.stopped);
    expect(reader.ended).toBe(true);
    for (let seq = 1; seq < 60; seq++) writeTransaction(writer, seq);
    expect(reader.read()).toBe('lapped');
    expect(Atomics.load(memory.line(line), LineWord.state)).toBe(ReaderState.lapped);
  });

  it('ends after the last transaction of a closed log, not before', async () => {
    const { memory, writer, from } = open();
    const reader = new LogReader(memory, { from });
    const parked = reader.park();
    writeTransaction(writer, 1);
    writer.close();
    await parked;
    expect(reader.ended).toBe(false);
    expect(reader.read()).toBe('events');
    expect(reader.ended).toBe(true);
    await reader.park();
  });
});
