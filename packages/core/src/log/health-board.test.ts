import { expect, it } from 'vitest';
import { HealthBoard } from './health-board.js';

it('a health board shows on one thread what was written on another', () => {
  const shown = new HealthBoard();
  const written = new HealthBoard(shown.buffer);
  expect(shown.inHand).toBeUndefined();
  written.begin(2 ** 40, 2 ** 40 + 3);
  expect(shown.inHand).toEqual({ first: 2 ** 40, last: 2 ** 40 + 3 });
  written.finish(0.25);
  written.begin(5, 5);
  written.finish(300);
  expect(shown.inHand).toBeUndefined();
  expect([shown.calls, shown.callsFrom(250), shown.callsFrom(1_000)]).toEqual([2, 1, 0]);
  expect(shown.handlerMs(0.5)).toBeCloseTo(0.25, 1);
  expect(Math.abs(shown.handlerMs(0.99) - 300)).toBeLessThan(20);
  written.noteMemory(7, 8);
  written.noteMessage();
  written.output.write('stderr', 'oh');
  expect(shown.memory).toEqual({ heapBytes: 7, externalBytes: 8 });
  expect(shown.messages).toBe(1);
  expect(shown.output.read()).toEqual({ stream: 'stderr', text: 'oh' });
});

it.each([NaN, Infinity, -Infinity, -1, 0.5, 1e300])(
  'a health board takes %d for no figure at all',
  (nonsense) => {
    const board = new HealthBoard();
    new Float64Array(board.buffer).fill(nonsense);
    const { memory, inHand, calls, votes, isVoting, messages } = board;
    expect({ memory, inHand, calls, votes, isVoting, messages }).toEqual({
      memory: { heapBytes: 0, externalBytes: 0 },
      inHand: undefined,
      calls: 0,
      votes: 0,
      isVoting: false,
      messages: 0,
    });
    expect(board.handlerMs(0.99)).toBeGreaterThanOrEqual(0);
    expect(board.handlerMs(0.99)).toBeLessThan(2 ** 32);
    expect(board.output.read()).toBeUndefined();
  },
);
