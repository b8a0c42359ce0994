import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type QueuedCommand, CommandQueue } from './command-queue.js';

const waiting = (number: number): QueuedCommand => ({
  command: { kind: 'remove', nodeId: String(number) },
  at: 0,
  came: { at: 0, untoldSeq: 0 },
  resolve: () => undefined,
  reject: () => undefined,
});

describe('the queue', () => {
  it('is a queue, whatever comes and goes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -60, max: 90 }), { maxLength: 40 }), (moves) => {
        const queue = new CommandQueue(1_000_000);
        const model: number[] = [];
        let next = 0;
        for (const move of moves) {
          for (let at = 0; at < move; at++) {
            queue.add(waiting(next));
            model.push(next++);
          }
          for (let at = 0; at > move && model.length > 0; at--) {
            expect(queue.peek()!.command).toMatchObject({ nodeId: String(model.shift()) });
            queue.shift();
          }
          expect(queue.size).toBe(model.length);
        }
        if (model.length === 0) expect(queue.peek()).toBeUndefined();
      }),
    );
  });

  it('refuses at its capacity, and at twice of it those who would rather wait', () => {
    const queue = new CommandQueue(2);
    for (let size = 0; size <= 4; size++) {
      expect(queue.refusal('reject') === undefined).toBe(size < 2);
      expect(queue.refusal('wait') === undefined).toBe(size < 4);
      queue.add(waiting(size));
    }
  });
});
