import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FormattedRun } from './formatted-run.js';
import { createLogMemory, type LogPoint } from './log-memory.js';
import { LogWriter } from './log-writer.js';
import { ReaderLines } from './reader-lines.js';
import { checkRun } from './run-format.js';
import { RunReader } from './run-reader.js';
import { problemIn, writeTransaction } from './self-checking.fixture.mjs';
import { type SharedRun, SharedRuns } from './shared-runs.js';

/** A log whose transactions follow from their seqs, and what its readers share. */
class Scene {
  readonly shared = new SharedRuns({ id: randomUUID(), epoch: 2 });
  readonly memory;
  readonly writer: LogWriter;

  constructor(logBytes = 2 ** 21) {
    this.memory = createLogMemory({ logBytes, readers: 1 });
    this.writer = new LogWriter(this.memory, new ReaderLines(this.memory));
  }

  /** Writes transactions of so many bytes in all, or a little more. */
  write(bytes: number): LogPoint {
    const end = this.writer.checkpoint().position + bytes / 8;
    while (this.writer.checkpoint().position < end) {
      writeTransaction(this.writer, this.writer.lastSeq + 1);
    }
    return this.writer.checkpoint();
  }

  reader(from: LogPoint): RunReader {
    return new RunReader(this.memory, from, this.shared);
  }
}

/** All that a reader finds. Each run must be what was written, and begin where the one before ended. */
function readAll(reader: RunReader, from: LogPoint): SharedRun[] {
  const runs: SharedRun[] = [];
  while (reader.read() === 'events') runs.push(reader.run);
  let due = from.seq + 1;
  for (const { bytes, firstSeq, lastSeq, transactions } of runs) {
    const head = checkRun(bytes);
    expect(head).toMatchObject({ firstSeq: due, lastSeq, transactions });
    const { u8, u32, f64, length } = new FormattedRun(bytes, head);
    const run = { u8, u32, f64, length, firstSeq, lastSeq, transactions };
    expect(problemIn(run)).toBeUndefined();
    due = lastSeq + 1;
  }
  return runs;
}

describe('readers that share what they encode', () => {
  it('encode each run once, wherever they began', () => {
    const scene = new Scene();
    const start = scene.writer.checkpoint();
    const later = scene.write(70_000);
    const end = scene.write(900_000);
    const first = readAll(scene.reader(start), start);
    const second = readAll(scene.reader(later), later);
    for (const runs of [first, second]) expect(runs.at(-1)!.lastSeq).toBe(end.seq);
    expect(first.length).toBeGreaterThan(6);
    // It began within the first run; from the end of that on they are the same.
    expect(second.filter((run) => !first.includes(run)).length).toBeLessThan(2);
    expect(readAll(scene.reader(start), start)).toEqual(first);
  });

  it('take what was all there was, and more than that once there is', () => {
    const scene = new Scene();
    const start = scene.writer.checkpoint();
    const [quick, prompt, late] = [0, 1, 2].map(() => scene.reader(start));
    scene.write(500);
    const [one] = readAll(quick!, start);
    expect(readAll(prompt!, start)).toEqual([one]);
    expect(prompt!.run).toBe(one);
    const end = scene.write(500);
    expect(readAll(quick!, one!.end).length).toBe(1);
    const runs = readAll(late!, start);
    expect(runs.map(({ firstSeq, lastSeq }) => [firstSeq, lastSeq])).toEqual([[1, end.seq]]);
  });

  it('are told when they were overtaken, though what they would read is kept', () => {
    const scene = new Scene(2 ** 20);
    const start = scene.writer.checkpoint();
    const [quick, slow] = [scene.reader(start), scene.reader(start)];
    scene.write(300_000);
    readAll(quick, start);
    const overtaken = scene.write(1_000_000);
    expect(scene.shared.from(start)).toBeDefined();
    expect(slow.read()).toBe('lapped');
    slow.seek(overtaken);
    expect(slow.read()).toBe('empty');
    scene.write(100);
    expect(readAll(slow, overtaken).length).toBe(1);
  });

  it('keep 16 MiB, and encode anew what is no longer among them', () => {
    const scene = new Scene(2 ** 25);
    const start = scene.writer.checkpoint();
    scene.write(20 * 2 ** 20);
    const runs = readAll(scene.reader(start), start);
    expect(scene.shared.bytes).toBeLessThanOrEqual(2 ** 24);
    expect(scene.shared.bytes).toBeGreaterThan(2 ** 24 - 2 ** 18);
    expect(scene.shared.from(start)).toBeUndefined();
    const again = scene.reader(start);
    expect(again.read()).toBe('events');
    expect(again.run).not.toBe(runs[0]);
    expect(again.run).toEqual(runs[0]);
    expect(scene.shared.bytes).toBeLessThanOrEqual(2 ** 24);
  });
});
