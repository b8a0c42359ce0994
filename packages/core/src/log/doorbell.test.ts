import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../clock.js';
import { Doorbell } from './doorbell.js';
import { Word } from './log-layout.js';
import { createLogMemory } from './log-memory.js';

afterEach(() => void vi.restoreAllMocks());

/** @param ringMs - how long a ring takes */
function open(ringMs = 0) {
  const memory = createLogMemory({ logBytes: 4096, readers: 1 });
  const turn: (() => void)[] = [];
  let now = 1_000;
  vi.spyOn(Atomics, 'notify').mockImplementation(() => (now += ringMs));
  const doorbell = new Doorbell(memory, {
    clock: { ...systemClock, monotonic: () => now },
    schedule: (task) => turn.push(task),
  });
  return {
    turn,
    doorbell,
    sleep: () => Atomics.store(memory.words, Word.sleepers, 1),
    /** Whether the flag was taken since the last look. */
    wasRung: () => Atomics.load(memory.words, Word.sleepers) === 0,
    pass: (ms: number) => (now += ms),
  };
}

describe('the doorbell', () => {
  it('does nothing for readers that are awake', () => {
    const { doorbell, turn } = open();
    doorbell.changed();
    expect(turn).toHaveLength(0);
  });

  it('rings at once after a quiet time', () => {
    const { doorbell, sleep, wasRung, turn } = open();
    sleep();
    doorbell.changed();
    expect(wasRung()).toBe(true);
    expect(turn).toHaveLength(0);
  });

  it('gathers what follows into one ring at the end of the turn', () => {
    const { doorbell, sleep, wasRung, turn, pass } = open();
    sleep();
    doorbell.changed();
    for (let publish = 0; publish < 5; publish++) {
      sleep();
      pass(0.1);
      doorbell.changed();
    }
    expect(wasRung()).toBe(false);
    expect(turn).toHaveLength(1);
    turn[0]!();
    expect(wasRung()).toBe(true);
  });

  it('rings for a caller that never yields, about a millisecond after the last ring', () => {
    const { doorbell, sleep, wasRung, pass } = open();
    sleep();
    doorbell.changed();
    sleep();
    pass(0.6);
    doorbell.changed();
    expect(wasRung()).toBe(false);
    pass(0.4);
    doorbell.changed();
    expect(wasRung()).toBe(true);
  });

  it('puts the ring at the end of a turn off for longer the longer the last one took', () => {
    const { doorbell, sleep, wasRung, turn, pass } = open(0.1);
    sleep();
    doorbell.ring();
    sleep();
    doorbell.changed();
    pass(0.15);
    turn.shift()!();
    expect(wasRung()).toBe(false);
    pass(0.1);
    turn.shift()!();
    expect(wasRung()).toBe(true);
    expect(turn).toHaveLength(0);
  });

  it('puts it off for a millisecond at most, whatever the last one took', () => {
    const { doorbell, sleep, wasRung, turn, pass } = open(50);
    sleep();
    doorbell.ring();
    sleep();
    doorbell.changed();
    pass(0.9);
    turn.shift()!();
    expect(wasRung()).toBe(false);
    pass(0.2);
    turn.shift()!();
    expect(wasRung()).toBe(true);
  });

  it('rings at once when told to, and schedules anew afterwards', () => {
    const { doorbell, sleep, wasRung, turn } = open();
    sleep();
    doorbell.ring();
    expect(wasRung()).toBe(true);
    sleep();
    doorbell.changed();
    turn.shift()!();
    expect(wasRung()).toBe(true);
    sleep();
    doorbell.changed();
    expect(turn).toHaveLength(1);
  });

  it('wakes everyone who waits on what was published', async () => {
    const memory = createLogMemory({ logBytes: 4096, readers: 1 });
    const doorbell = new Doorbell(memory, { clock: systemClock, schedule: setImmediate });
    const waits = [1, 2, 3].map(
      async () => Atomics.waitAsync(memory.words, Word.published, 0).value,
    );
    Atomics.store(memory.words, Word.sleepers, 1);
    doorbell.changed();
    expect(await Promise.all(waits)).toEqual(['ok', 'ok', 'ok']);
  });
});
