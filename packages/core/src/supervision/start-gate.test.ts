import { describe, expect, it } from 'vitest';
import { ManualClock, settleTurns } from '../registry/manual-clock.fixture.js';
import { StartGate } from './start-gate.js';

const never = new Promise<void>(() => undefined);

describe('the start gate', () => {
  it('lets as many start at a time as it has places', async () => {
    const gate = new StartGate(2, new ManualClock());
    const starts: (() => void)[] = [];
    const passed = Array.from({ length: 5 }, () =>
      gate.pass(() => new Promise((resolve) => starts.push(resolve))),
    );
    await settleTurns();
    expect(starts).toHaveLength(2);
    starts[0]!();
    await passed[0];
    await settleTurns();
    expect(starts).toHaveLength(3);
    for (let at = 1; at < 5; at++) {
      starts[at]!();
      await settleTurns();
    }
    await Promise.all(passed);
  });

  it('gives the place of a start that takes long to the next, whatever becomes of it', async () => {
    const clock = new ManualClock();
    const gate = new StartGate(1, clock);
    let fail!: (error: Error) => void;
    const long = gate.pass(() => new Promise((_, reject) => (fail = reject)));
    void gate.pass(() => never);
    let hasPassed = false;
    const next = gate.pass(() => {
      hasPassed = true;
      return Promise.resolve();
    });
    await settleTurns();
    clock.advance(249);
    await settleTurns();
    clock.advance(1);
    await settleTurns();
    expect(hasPassed).toBe(false);
    clock.advance(250);
    await next;
    fail(new Error('a bad start'));
    await expect(long).rejects.toThrow('a bad start');
  });

  it('passes on what a start fails with, and goes on', async () => {
    const gate = new StartGate(1, new ManualClock());
    await expect(gate.pass(() => Promise.reject(new Error('no module')))).rejects.toThrow(
      'no module',
    );
    await gate.pass(() => Promise.resolve());
  });
});
