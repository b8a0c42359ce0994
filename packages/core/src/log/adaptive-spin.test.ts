import { describe, expect, it } from 'vitest';
import { ManualClock } from '../registry/manual-clock.fixture.js';
import { AdaptiveSpin } from './adaptive-spin.js';

/** Looks in vain; each look at the thing takes a microsecond. Returns how often it looked. */
function lookInVain(spin: AdaptiveSpin, clock: ManualClock): number {
  let looks = 0;
  const found = spin.look(() => {
    looks++;
    clock.advance(0.001);
    return false;
  });
  expect(found).toBe(false);
  return looks;
}

function sleep(spin: AdaptiveSpin, clock: ManualClock, ms: number, times = 1): void {
  for (let time = 0; time < times; time++) {
    spin.sleeps();
    clock.advance(ms);
    spin.wakes();
  }
}

function open() {
  const clock = new ManualClock(0);
  return { clock, spin: new AdaptiveSpin(clock) };
}

describe('looking before sleeping', () => {
  it('is one look and no more as long as waits are long', () => {
    const { clock, spin } = open();
    for (let round = 0; round < 100; round++) {
      expect(lookInVain(spin, clock)).toBe(1);
      sleep(spin, clock, 5);
    }
  });

  it('begins after several short waits in a row', () => {
    const { clock, spin } = open();
    sleep(spin, clock, 0.1, 3);
    sleep(spin, clock, 5);
    sleep(spin, clock, 0.1, 3);
    expect(lookInVain(spin, clock)).toBe(1);
    sleep(spin, clock, 0.1);
    expect(lookInVain(spin, clock)).toBeGreaterThan(30);
  });

  it('gets shorter with every look in vain, down to none', () => {
    const { clock, spin } = open();
    sleep(spin, clock, 0.1, 4);
    const looks = Array.from({ length: 5 }, () => lookInVain(spin, clock));
    expect([...looks].sort((a, b) => b - a)).toEqual(looks);
    expect(looks[0]).toBeGreaterThan(2 * looks[2]!);
    expect(looks.at(-1)).toBe(1);
  });

  it('goes on as long as it finds something', () => {
    const { clock, spin } = open();
    sleep(spin, clock, 0.1, 4);
    for (let round = 0; round < 50; round++) {
      let looks = 0;
      const isFound = spin.look(() => {
        clock.advance(0.001);
        return ++looks === 20;
      });
      expect(isFound).toBe(true);
    }
  });
});
