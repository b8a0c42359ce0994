import { describe, expect, it } from 'vitest';
import { ManualClock } from '../registry/manual-clock.fixture.js';
import { Breaker } from './breaker.js';

function open() {
  const clock = new ManualClock();
  const config = { maxFailures: 3, resetMs: 100, maxResetMs: 350 };
  return { clock, breaker: new Breaker(config, clock) };
}

function fail(breaker: Breaker, times: number): void {
  for (let time = 0; time < times; time++) breaker.failed();
}

describe('a breaker', () => {
  it('B3 opens at the limit of failures in a row, and not when a success comes between', () => {
    const { breaker } = open();
    fail(breaker, 2);
    breaker.succeeded();
    fail(breaker, 2);
    expect(breaker.state).toBe('closed');
    breaker.failed();
    expect(breaker.state).toBe('open');
  });

  it('B3 lets one probe through after the reset time; success closes it', () => {
    const { breaker, clock } = open();
    fail(breaker, 3);
    clock.advance(99);
    expect(breaker.state).toBe('open');
    clock.advance(1);
    expect(breaker.state).toBe('half-open');
    breaker.succeeded();
    expect(breaker.state).toBe('closed');
    fail(breaker, 2);
    expect(breaker.state).toBe('closed');
  });

  it('B3 opens again when the probe fails, for twice as long, up to a limit', () => {
    const { breaker, clock } = open();
    fail(breaker, 3);
    for (const resetMs of [100, 200, 350, 350]) {
      clock.advance(resetMs - 1);
      expect(breaker.state).toBe('open');
      clock.advance(1);
      expect(breaker.state).toBe('half-open');
      breaker.failed();
    }
    clock.advance(350);
    breaker.succeeded();
    fail(breaker, 3);
    clock.advance(100);
    expect(breaker.state).toBe('half-open');
  });

  it('B4 does not count what fails after it has opened', () => {
    const { breaker, clock } = open();
    fail(breaker, 3);
    clock.advance(50);
    fail(breaker, 5);
    clock.advance(50);
    expect(breaker.state).toBe('half-open');
  });
});
