import { describe, expect, it } from 'vitest';
import { systemClock } from '../../packages/core/src/clock.js';
import { Doorbell } from '../../packages/core/src/log/doorbell.js';
import {
  createLogMemory,
  type LogMemory,
  type LogPoint,
} from '../../packages/core/src/log/log-memory.js';
import { LogWriter } from '../../packages/core/src/log/log-writer.js';
import { ReaderProgress } from '../../packages/core/src/log/progress.js';
import { ReaderLines } from '../../packages/core/src/log/reader-lines.js';
import {
  Board,
  type ReaderReport,
  startReader,
} from '../../packages/core/src/log/reader-thread.fixture.js';
import {
  mix,
  unitsOf,
  writeTransaction,
} from '../../packages/core/src/log/self-checking.fixture.mjs';

const NEAR_WRAP = [2 ** 31 - 5_000, 2 ** 32 - 5_000];

const ringing = (memory: LogMemory): Doorbell =>
  new Doorbell(memory, { clock: systemClock, schedule: (task) => void setImmediate(task) });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Writes as fast as it can, for ever overtaking readers that spin. A lapped reader rejoins at the
 * oldest point that is still whole, so that it copies just where the writer is about to write.
 */
async function raceWithoutWaiting(
  startPosition: number,
  transactions: number,
  readers: number,
  blindSecondLook: boolean,
): Promise<ReaderReport[]> {
  const memory = createLogMemory({ logBytes: 16 * 1024, readers, startPosition });
  const writer = new LogWriter(memory, new ReaderLines(memory));
  const from = writer.checkpoint();
  const board = new Board(from);
  const runBytes = 8 * 1024;
  const threads = await Promise.all(
    Array.from({ length: readers }, () =>
      startReader(memory, board, { from, runBytes, spins: true, blindSecondLook }),
    ),
  );
  const points: LogPoint[] = [];
  for (let seq = 1; seq <= transactions; seq++) {
    writeTransaction(writer, seq);
    if (mix(seq, 5) % 4 === 0) points.push(writer.checkpoint());
    while (points.length > 1 && isStale(memory, points[0]!, points.at(-1)!)) points.shift();
    board.announce(points[0] ?? from);
    if (mix(seq, 7) % 2_048 === 0) await turn();
  }
  writer.close();
  return Promise.all(threads.map((thread) => thread.report));
}

const isStale = (memory: LogMemory, point: LogPoint, last: LogPoint): boolean =>
  last.position - point.position > (memory.units * 31) / 32;

const sum = (reports: readonly ReaderReport[], of: 'delivered' | 'lapped' | 'torn'): number =>
  reports.reduce((total, report) => total + report[of], 0);

describe('a racing writer', () => {
  it.each(NEAR_WRAP)(
    'hands no torn byte to readers it overtakes; all is seen once, in order, or announced as lapped (from %d)',
    async (startPosition) => {
      const transactions = 500_000;
      const reports = await raceWithoutWaiting(startPosition, transactions, 3, false);
      for (const report of reports) {
        expect(report.problem).toBeUndefined();
        expect(report.torn).toBe(0);
        expect(report.delivered + report.skipped).toBe(transactions);
        expect(report.lapped).toBeGreaterThan(0);
      }
      expect(sum(reports, 'delivered')).toBeGreaterThan(0);
    },
  );

  it('is caught tearing by these checks when a reader leaves out the second look', async () => {
    // On a machine whose cores are all taken a round may pass without a collision.
    let torn = 0;
    for (let round = 0; round < 30 && torn === 0; round++) {
      torn = sum(await raceWithoutWaiting(2 ** 32 - 5_000, 300_000, 3, true), 'torn');
    }
    expect(torn).toBeGreaterThan(0);
  });

  it.each(NEAR_WRAP)('waits for gating readers, which lose nothing (from %d)', async (start) => {
    const transactions = 300_000;
    const readers = 3;
    const memory = createLogMemory({ logBytes: 16 * 1024, readers, startPosition: start });
    const lines = new ReaderLines(memory);
    const writer = new LogWriter(memory, lines);
    const doorbell = ringing(memory);
    const progress = new ReaderProgress(memory);
    const from = writer.checkpoint();
    const threads = await Promise.all(
      Array.from({ length: readers }, (_, reader) => {
        const line = lines.allocate(1, from)!;
        lines.setGating(line, true);
        return startReader(memory, new Board(from), { from, line, runBytes: 1024 << reader });
      }),
    );
    for (let seq = 1; seq <= transactions; seq++) {
      for (;;) {
        if (writer.fits(unitsOf(writer, seq))) break;
        writer.publish();
        doorbell.ring();
        const moved = progress.moved();
        if (writer.fits(unitsOf(writer, seq))) break;
        await moved;
      }
      writeTransaction(writer, seq);
      if (mix(seq, 5) % 8 === 0) {
        writer.publish();
        doorbell.changed();
      }
      if (mix(seq, 7) % 512 === 0) await turn();
    }
    writer.close();
    for (const thread of threads) {
      expect(await thread.report).toMatchObject({
        delivered: transactions,
        lapped: 0,
        torn: 0,
        problem: undefined,
      });
    }
    for (let line = 0; line < readers; line++) {
      expect(lines.cursor(line, writer.lastSeq)).toBe(transactions);
    }
  });
});

describe('parking', () => {
  it('loses no wake-up: each of many single records, at any pause, reaches every parked reader', async () => {
    const readers = 3;
    const memory = createLogMemory({ logBytes: 4 * 1024, readers });
    const lines = new ReaderLines(memory);
    const writer = new LogWriter(memory, lines);
    const doorbell = ringing(memory);
    const progress = new ReaderProgress(memory);
    const from = writer.checkpoint();
    const threads = await Promise.all(
      Array.from({ length: readers }, () =>
        startReader(memory, new Board(from), { from, line: lines.allocate(1, from)! }),
      ),
    );
    const haveAll = (seq: number): boolean =>
      threads.every((_, line) => lines.cursor(line, seq) === seq);
    const rounds = 8_000;
    for (let seq = 1; seq <= rounds; seq++) {
      writeTransaction(writer, seq);
      writer.publish();
      doorbell.changed();
      // Nothing else rings or publishes until all have it: a single lost wake-up stops the test.
      for (;;) {
        const moved = progress.moved();
        if (haveAll(seq)) break;
        await moved;
      }
      const pause = mix(seq, 9) % 4;
      if (pause === 1) await turn();
      if (pause === 2) await Promise.resolve();
      if (pause === 3) for (let spin = mix(seq, 10) % 20_000; spin > 0; spin--) mix(spin, seq);
    }

    // An idle system stands still: parked readers' loops do not turn.
    while (!threads.every((_, line) => lines.isParked(line))) await turn();
    const beats = threads.map((_, line) => lines.heartbeat(line));
    for (let turns = 0; turns < 2_000; turns++) await turn();
    expect(threads.map((_, line) => lines.heartbeat(line))).toEqual(beats);

    writer.close();
    for (const thread of threads) {
      const report = await thread.report;
      expect(report).toMatchObject({ delivered: rounds, torn: 0, lapped: 0 });
      // Woken for what there is to read, and now and then without a cause; never round and round.
      expect(report.loops).toBeLessThan(rounds * 4);
    }
  });

  it('ends when the reader is stopped from its own thread', async () => {
    const memory = createLogMemory({ logBytes: 4 * 1024, readers: 1 });
    const lines = new ReaderLines(memory);
    const writer = new LogWriter(memory, lines);
    const from = writer.checkpoint();
    const line = lines.allocate(1, from)!;
    const thread = await startReader(memory, new Board(from), { from, line });
    while (!lines.isParked(line)) await turn();
    thread.stop();
    expect(await thread.report).toMatchObject({ delivered: 0 });
    await thread.exited;
  });
});
