import { describe, expect, it } from 'vitest';
import { Word } from './log-layout.js';
import { createLogMemory } from './log-memory.js';
import { LogReader } from './log-reader.js';
import { LogWriter } from './log-writer.js';
import { ReaderProgress } from './progress.js';
import { ReaderLines } from './reader-lines.js';
import { writeTransaction } from './self-checking.fixture.mjs';

function open() {
  const memory = createLogMemory({ logBytes: 4096, readers: 2 });
  const lines = new ReaderLines(memory);
  const writer = new LogWriter(memory, lines);
  const from = writer.checkpoint();
  const line = lines.allocate(1, from)!;
  const reader = new LogReader(memory, { from, line });
  writeTransaction(writer, 1);
  writer.publish();
  return { memory, lines, line, reader, progress: new ReaderProgress(memory) };
}

/** Whether a promise is settled by the time everything that is under way has been done. */
async function isSettled(promise: Promise<void>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

describe('waiting for readers', () => {
  it('lasts until a reader moves', async () => {
    const { progress } = open();
    expect(await isSettled(progress.moved())).toBe(false);
  });

  it('ends when a reader hands space back, and when it moves its cursor', async () => {
    const { progress, reader } = open();
    let moved = progress.moved();
    reader.read();
    await moved;
    moved = progress.moved();
    reader.advance();
    await moved;
  });

  it('ends when a line changes: its reader is let go, freed or placed', async () => {
    const { progress, lines, line } = open();
    for (const change of [
      () => lines.setGating(line, false),
      () => lines.place(line, { position: 0, seq: 0 }),
      () => lines.free(line),
    ]) {
      const moved = progress.moved();
      change();
      await moved;
    }
  });

  it('ends for all who wait at the same time, and can be waited for again', async () => {
    const { progress, reader } = open();
    for (let round = 0; round < 3; round++) {
      const all = [progress.moved(), progress.moved(), progress.moved()];
      reader.advance();
      await Promise.all(all);
      expect(await isSettled(progress.moved())).toBe(false);
    }
  });

  it('outlives a thread that was killed after taking the flag and before waking', async () => {
    const { progress, lines, line, memory } = open();
    const moved = progress.moved();
    Atomics.store(memory.words, Word.mainWaits, 0);
    expect(await isSettled(moved)).toBe(false);
    lines.free(line);
    await moved;
  });
});
