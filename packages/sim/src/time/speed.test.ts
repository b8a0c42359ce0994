import { ConfigError, systemClock } from '@panoptes/core';
import { describe, expect, it, vi } from 'vitest';
import { Pacer, parseSpeed } from './speed.js';
import { VirtualClock } from './virtual-clock.js';

describe('a speed', () => {
  it('is max or a factor', () => {
    expect(parseSpeed('max')).toBe(Number.POSITIVE_INFINITY);
    expect(parseSpeed('60x')).toBe(60);
    expect(parseSpeed('0.5x')).toBe(0.5);
  });

  it.each(['', '60', 'x', '0x', '-1x', 'fast', '1e3x'])('%j is refused', (text) => {
    expect(() => parseSpeed(text)).toThrow(ConfigError);
  });
});

describe('the pacer', () => {
  it('never waits at full speed', () => {
    const pacer = new Pacer(Number.POSITIVE_INFINITY, new VirtualClock(0));
    expect(pacer.due(1e12)).toBeUndefined();
  });

  it('holds virtual time back to a multiple of real time', async () => {
    const real = new VirtualClock(0);
    const pacer = new Pacer(60, real);
    expect(pacer.due(0)).toBeUndefined();
    let passed = false;
    const due = pacer.due(60_000)!.then(() => {
      passed = true;
    });
    real.advanceTo(999);
    await Promise.resolve();
    expect(passed).toBe(false);
    real.advanceTo(1_000);
    await due;
    expect(pacer.due(60_000)).toBeUndefined();
    expect(pacer.due(60_001)).toBeDefined();
  });

  it('does not go on waiting once it is aborted', async () => {
    const abort = new AbortController();
    const pacer = new Pacer(1, new VirtualClock(0));
    const due = pacer.due(1e12, abort.signal);
    abort.abort();
    await due;
    expect(pacer.due(1e12, abort.signal)).toBeUndefined();
  });

  it('waits for the real time while timers are fake', async () => {
    vi.useFakeTimers();
    try {
      const start = systemClock.monotonic();
      await new Pacer(100, systemClock).due(2_000);
      expect(systemClock.monotonic() - start).toBeGreaterThanOrEqual(20);
    } finally {
      vi.useRealTimers();
    }
  });

  it('waits in steps for what is longer than a timer can be', async () => {
    const real = new VirtualClock(0);
    const month = 31 * 86_400_000;
    const due = new Pacer(1, real).due(month)!;
    real.advanceTo(2 ** 31 - 1);
    await new Promise<void>((resolve) => setImmediate(resolve));
    real.advanceTo(month);
    await due;
    expect(real.monotonic()).toBe(month);
  });
});
