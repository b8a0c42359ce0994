import { describe, expect, it } from 'vitest';
import { ChangeLog } from '../log/change-log.js';
import { LineWord } from '../log/log-layout.js';
import { LogPlace } from './log-place.js';

/** A place at a point of a log whose writer is where the test has it. */
function open(start: number) {
  const log = new ChangeLog({ logBytes: 4096, readers: 2 });
  const at = { position: start, seq: start };
  const { memory, lines, progress } = log;
  const writer = { checkpoint: () => ({ ...at }), lastSeq: start };
  const place = new LogPlace({ memory, lines, progress, writer } as unknown as ChangeLog, 1, true);
  place.take({ ...at }, 1);
  const move = (units: number): void => {
    at.position += units;
    at.seq = writer.lastSeq += units;
  };
  return { log, place, move };
}

describe('a place where an observer has paused', () => {
  it.each([0, 2 ** 31 - 20, 2 ** 32 - 20, 5 * 2 ** 32 + 3])(
    'is one to go on from as long as the log has what comes after it, from position %d',
    (start) => {
      const { log, place, move } = open(start);
      place.follow();
      place.rest();
      expect(log.lines.isGating(place.line!)).toBe(false);
      move(512);
      expect(place.canGoOn).toBe(true);
      move(1);
      expect(place.canGoOn).toBe(false);
    },
  );

  it('is known however much is written meanwhile, and whatever its line says', () => {
    const { log, place, move } = open(1_000);
    place.follow();
    place.rest();
    for (const units of [2 ** 31, 2 ** 31, 2 ** 32]) {
      move(units);
      expect(place.cursor).toBe(1_000);
      expect(place.canGoOn).toBe(false);
    }
    log.memory.line(place.line!)[LineWord.seq] = 77;
    expect(place.cursor).toBe(1_000);
  });
});
