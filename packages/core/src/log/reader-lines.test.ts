import { describe, expect, it } from 'vitest';
import { LineWord } from './log-layout.js';
import { createLogMemory } from './log-memory.js';
import { ReaderLines } from './reader-lines.js';

const from = { position: 0, seq: 0 };

function open(readers = 3) {
  const memory = createLogMemory({ logBytes: 4096, readers });
  return { memory, lines: new ReaderLines(memory) };
}

describe('reader lines', () => {
  it('gives each reader its own line and has none left at the end', () => {
    const { lines } = open();
    expect([1, 2, 3].map((incarnation) => lines.allocate(incarnation, from))).toEqual([0, 1, 2]);
    expect(lines.allocate(4, from)).toBeUndefined();
    expect(lines.incarnation(1)).toBe(2);
  });

  it('reuses a line only after it was freed, whatever its reader says', () => {
    const { memory, lines } = open(1);
    lines.allocate(1, from);
    for (const state of [4, 0]) {
      memory.line(0).fill(state);
      expect(lines.allocate(2, from)).toBeUndefined();
      expect(lines.incarnation(0)).toBe(1);
    }
    lines.free(0);
    expect(lines.allocate(2, from)).toBe(0);
    expect(lines.heartbeat(0)).toBe(0);
  });

  it('frees a gating line as one that holds nobody back', () => {
    const { lines } = open();
    const line = lines.allocate(1, from)!;
    lines.setGating(line, true);
    expect(lines.claimLimit(100, 100)).toBe(512);
    lines.free(line);
    expect(lines.isGating(line)).toBe(false);
    expect(lines.claimLimit(100, 100)).toBe(612);
  });

  it('waits again for one that was passed, and for none that was let go or freed meanwhile', () => {
    const { lines } = open();
    const [passed, left, freed] = [1, 2, 3].map((owner) => lines.allocate(owner, from)!);
    const all = [passed!, left!, freed!];
    for (const line of all) lines.setGating(line, true);
    for (const line of all) lines.pass(line);
    expect(lines.claimLimit(100, 100)).toBe(612);
    lines.setGating(left!, false);
    lines.free(freed!);
    expect(lines.allocate(4, from)).toBe(freed);
    for (const line of all) lines.restore(line);
    expect(all.map((line) => lines.isGating(line))).toEqual([true, false, false]);
  });

  it('waits for whom it decided to wait for, whatever a line says', () => {
    const { memory, lines } = open();
    const [held, free] = [lines.allocate(1, from)!, lines.allocate(1, from)!];
    lines.setGating(held, true);
    memory.line(held)[LineWord.gating] = 0;
    memory.line(free)[LineWord.gating] = 1;
    lines.setGating(2, false);
    expect([held, free].map((line) => lines.isGating(line))).toEqual([true, false]);
    lines.setGating(held, false);
    expect(lines.claimLimit(100, 100)).toBe(612);
  });

  it.each([-(2 ** 31), -1, 2 ** 31 - 1])(
    'takes no figure below 0 from a line that says %d',
    (word) => {
      const { memory, lines } = open();
      const line = lines.allocate(1, from)!;
      memory.line(line).fill(word);
      for (const lastSeq of [0, 3, 2 ** 31, 2 ** 40]) {
        expect(lines.cursor(line, lastSeq)).toBeGreaterThanOrEqual(0);
        expect(lines.cursor(line, lastSeq)).toBeLessThanOrEqual(lastSeq);
      }
      expect(lines.delivered(line)).toBeGreaterThanOrEqual(0);
    },
  );

  it.each([0, 2 ** 31 - 20, 2 ** 32 - 20, 5 * 2 ** 32 + 3])(
    'believes a reader that claims more than was written as far as the log goes, at seq %d',
    (lastSeq) => {
      const { memory, lines } = open();
      const line = lines.allocate(1, from)!;
      memory.line(line)[LineWord.seq] = (lastSeq + 1_000_000) | 0;
      expect(lines.cursor(line, lastSeq)).toBe(lastSeq);
    },
  );

  it.each([0, 2 ** 31 - 20, 2 ** 31 + 20, 2 ** 32 - 20])(
    'lets the slowest gating reader decide, around position %d',
    (start) => {
      const { lines } = open();
      for (const ahead of [30, 10, 0]) {
        const line = lines.allocate(1, { position: start + ahead, seq: 0 })!;
        lines.setGating(line, ahead > 0);
      }
      expect(lines.claimLimit((start + 40) | 0, (start + 45) | 0)).toBe((start + 10 + 512) | 0);
    },
  );

  it('counts every change that may move the limit', () => {
    const { lines } = open();
    const seen = new Set([lines.changes]);
    const line = lines.allocate(1, from)!;
    seen.add(lines.changes);
    lines.setGating(line, true);
    seen.add(lines.changes);
    lines.place(line, from);
    seen.add(lines.changes);
    lines.free(line);
    seen.add(lines.changes);
    expect(seen.size).toBe(5);
  });

  it.each([2 ** 31 - 2, 2 ** 32 - 2, 2 ** 33 + 5, 10])(
    'restores a cursor near seq %d from its low 32 bits',
    (seq) => {
      const { lines } = open();
      const line = lines.allocate(1, { position: 0, seq })!;
      for (const lag of [0, 1, 7, 2 ** 31 - 1]) {
        expect(lines.cursor(line, seq + lag)).toBe(seq);
      }
    },
  );
});
