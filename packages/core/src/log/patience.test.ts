import { describe, expect, it } from 'vitest';
import { ManualClock } from '../registry/manual-clock.fixture.js';
import { Patience } from './patience.js';

/** Looks in vain; each look at the thing takes a microsecond. Returns how often it looked. */
function lookInVain(patience: Patience, clock: ManualClock): number {
  let looks = 0;
  const found = patience.look(() => {
    looks++;
    clock.advance(0.001);
    return false;
  });
  expect(found).toBe(false);
  return looks;
}

function sleep(patience: Patience, clock: ManualClock, ms: number, times = 1): void {
  for (let time = 0; time < times; time++) {
    patience.sleeps();
    clock.advance(ms);
    patience.wakes();
  }
}

function open() {
  const clock = new ManualClock(0);
  return { clock, patience: new Patience(clock) };
}

describe('looking before sleeping', () => {
  it('is one look and no more as long as waits are long', () => {
    const { clock, patience } = open();
    for (let round = 0; round < 100; round++) {
      expect(lookInVain(patience, clock)).toBe(1);
      sleep(patience, clock, 5);
    }
  });

  it('begins after several short waits in a row', () => {
    const { clock, patience } = open();
    sleep(patience, clock, 0.1, 3);
    sleep(patience, clock, 5);
    sleep(patience, clock, 0.1, 3);
    expect(lookInVain(patience, clock)).toBe(1);
    sleep(patience, clock, 0.1);
    expect(lookInVain(patience, clock)).toBeGreaterThan(30);
  });

  it('gets shorter with every look in vain, down to none', () => {
    const { clock, patience } = open();
    sleep(patience, clock, 0.1, 4);
    const looks = Array.from({ length: 5 }, () => lookInVain(patience, clock));
    expect([...looks].sort((a, b) => b - a)).toEqual(looks);
    expect(looks[0]).toBeGreaterThan(2 * looks[2]!);
    expect(looks.at(-1)).toBe(1);
  });

  it('goes on as long as it finds something', () => {
    const { clock, patience } = open();
    sleep(patience, clock, 0.1, 4);
    for (let round = 0; round < 50; round++) {
      let looks = 0;
      const isFound = patience.look(() => {
        clock.advance(0.001);
        return ++looks === 20;
      });
      expect(isFound).toBe(true);
    }
  });
});
