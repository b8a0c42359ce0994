import { describe, expect, it } from 'vitest';
import { FLAG_MORE, LineWord, Word } from './log-layout.js';
import { LogProtocolError } from './log-errors.js';
import {
  attachLogMemory,
  createLogMemory,
  type LogMemory,
  maxPayloadBytes,
  maxTransactionUnits,
  recordUnits,
} from './log-memory.js';
import { LogReader } from './log-reader.js';
import { LogWriter } from './log-writer.js';
import { ReaderLines } from './reader-lines.js';

const LOG_BYTES = 4096;

function open(startPosition = 0): { memory: LogMemory; lines: ReaderLines; writer: LogWriter } {
  const memory = createLogMemory({ logBytes: LOG_BYTES, readers: 4, startPosition });
  const lines = new ReaderLines(memory);
  return { memory, lines, writer: new LogWriter(memory, lines) };
}

/** Records with payloads of so many bytes. */
const recordsOf = (...bytes: number[]) => bytes.map((payloadBytes) => ({ payloadBytes }));

describe('the log writer', () => {
  it('shows nothing before publish', () => {
    const { memory, writer } = open();
    const reader = new LogReader(memory, { from: writer.checkpoint() });
    writer.begin(1, 0, 0, 1, 8);
    expect(reader.read()).toBe('empty');
    writer.publish();
    expect(reader.read()).toBe('events');
  });

  it('refuses to publish, or to give a checkpoint, inside a transaction', () => {
    const { writer } = open();
    writer.begin(1, 0, FLAG_MORE, 1, 8);
    expect(() => writer.publish()).toThrow(LogProtocolError);
    expect(() => writer.checkpoint()).toThrow(LogProtocolError);
    writer.begin(1, 0, 0, 1, 8, 12.5);
    expect(writer.checkpoint()).toEqual({ position: 8, seq: 1, time: 12.5 });
  });

  it('refuses a seq that leaves a gap, repeats, or breaks into an unfinished transaction', () => {
    const { writer } = open();
    expect(() => writer.begin(1, 0, 0, 2, 8)).toThrow('expected seq 1, got 2');
    writer.begin(1, 0, 0, 1, 8);
    expect(() => writer.begin(1, 0, 0, 1, 8)).toThrow('expected seq 2, got 1');
    writer.begin(1, 0, FLAG_MORE, 2, 8);
    expect(() => writer.begin(1, 0, 0, 3, 8)).toThrow('expected seq 2, got 3');
  });

  it('refuses the kind that padding has', () => {
    expect(() => open().writer.begin(0, 0, 0, 1, 8)).toThrow(LogProtocolError);
  });

  it('takes the largest record, and none larger', () => {
    const { writer } = open();
    const largest = maxPayloadBytes(LOG_BYTES);
    expect(recordUnits(largest) * 8).toBe(LOG_BYTES / 8);
    writer.begin(1, 0, 0, 1, largest);
    expect(() => writer.begin(1, 0, 0, 2, largest + 1)).toThrow(LogProtocolError);
    expect(() => writer.begin(1, 0, 0, 2, -100)).toThrow(LogProtocolError);
  });

  it('takes the largest transaction at every place in the ring, and none larger', () => {
    const record = maxPayloadBytes(LOG_BYTES);
    for (let start = 0; start < LOG_BYTES / 8; start++) {
      const { memory, lines, writer } = open(2 ** 32 - start);
      const from = writer.checkpoint();
      lines.setGating(lines.allocate(1, from)!, true);
      const reader = new LogReader(memory, { from, runBytes: 64 });
      expect(writer.fits(writer.transactionUnits(recordsOf(record, record, record, record)))).toBe(
        true,
      );
      for (let at = 0; at < 4; at++) writer.begin(1, 0, at < 3 ? FLAG_MORE : 0, 1, record);
      writer.publish();
      expect(reader.read()).toBe('events');
      expect(reader.run).toMatchObject({ transactions: 1, firstSeq: 1, lastSeq: 1 });
    }
    expect(4 * recordUnits(record)).toBe(maxTransactionUnits(LOG_BYTES));
    const { writer } = open();
    for (let at = 0; at < 4; at++) writer.begin(1, 0, FLAG_MORE, 1, record);
    expect(() => writer.begin(1, 0, 0, 1, 0)).toThrow(LogProtocolError);
  });

  it('reckons the units of a transaction exactly, padding included', () => {
    for (let start = 0; start < LOG_BYTES / 8; start++) {
      const { writer } = open(start);
      const sizes = [100, 0, 400, 7];
      const expected = writer.transactionUnits(recordsOf(...sizes));
      sizes.forEach((bytes, at) => writer.begin(1, 0, at < 3 ? FLAG_MORE : 0, 1, bytes));
      expect(writer.checkpoint().position - start).toBe(expected);
    }
  });

  it('never overruns a gating reader, whatever its caller forgets to ask', () => {
    const { lines, writer } = open(2 ** 31 - 100);
    lines.setGating(lines.allocate(1, writer.checkpoint())!, true);
    let seq = 0;
    while (seq < 100 && writer.fits(writer.transactionUnits(recordsOf(56))))
      writer.begin(1, 0, 0, ++seq, 56);
    expect(seq).toBe(Math.floor(LOG_BYTES / 80));
    expect(() => writer.begin(1, 0, 0, seq + 1, 56)).toThrow(/gating reader/);
    expect(() => writer.begin(1, 0, 0, seq + 1, 56)).toThrow(/gating reader/);
  });

  it('sees at once that a gating reader was let go, moved on or came', () => {
    const { memory, lines, writer } = open();
    const from = writer.checkpoint();
    const line = lines.allocate(1, from)!;
    const reader = new LogReader(memory, { from, line });
    lines.setGating(line, true);
    writer.begin(1, 0, 0, 1, 488);
    writer.publish();
    expect(writer.fits(LOG_BYTES / 8)).toBe(false);
    reader.read();
    expect(writer.fits(LOG_BYTES / 8)).toBe(true);

    const late = lines.allocate(1, from)!;
    lines.setGating(late, true);
    expect(writer.fits(LOG_BYTES / 8)).toBe(false);
    lines.setGating(late, false);
    expect(writer.fits(LOG_BYTES / 8)).toBe(true);
  });

  it('leaves a gating reader behind once it was overtaken, and waits again once it is placed', () => {
    const { lines, writer } = open();
    const line = lines.allocate(1, writer.checkpoint())!;
    for (let seq = 1; seq <= 20; seq++) writer.begin(1, 0, 0, seq, 488);
    lines.setGating(line, true);
    expect(writer.fits(LOG_BYTES / 8)).toBe(true);
    lines.place(line, writer.checkpoint());
    writer.begin(1, 0, 0, 21, 488);
    expect(writer.fits(LOG_BYTES / 8)).toBe(false);
  });

  it('publishes whole transactions by itself before a group outgrows the log', () => {
    const { memory, writer } = open();
    const reader = new LogReader(memory, { from: writer.checkpoint() });
    for (let seq = 1; seq <= 6; seq++) writer.begin(1, 0, 0, seq, 488);
    expect(reader.read()).toBe('events');
    expect(reader.run.firstSeq).toBe(1);
  });

  it('claims ahead for itself, but never what a gating reader still needs', () => {
    const { memory, lines, writer } = open();
    const line = lines.allocate(1, writer.checkpoint())!;
    lines.setGating(line, true);
    for (let seq = 1; seq <= 8; seq++) writer.begin(1, 0, 0, seq, 488);
    expect(Atomics.load(memory.words, Word.claimed)).toBe(LOG_BYTES / 8);
    expect(Atomics.load(memory.line(line), LineWord.position)).toBe(0);
  });

  it.each(Object.values(Word))(
    'is not stopped by who writes into word %d of its header',
    (word) => {
      const { memory, writer } = open();
      for (let seq = 1; seq <= 40; seq++) {
        memory.words[word] = (seq * 0x2545_f491) | 0;
        writer.begin(1, 0, 0, seq, 488);
        writer.publish();
      }
      // Whoever was misled comes for a snapshot, and finds everything as it should be.
      const reader = new LogReader(memory, { from: writer.checkpoint() });
      attachLogMemory(memory.buffer);
      expect([reader.ended, reader.read()]).toEqual([false, 'empty']);
      writer.begin(1, 0, 0, 41, 8);
      writer.publish();
      expect(reader.read()).toBe('events');
    },
  );
});
