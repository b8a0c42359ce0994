import { describe, expect, it } from 'vitest';
import { ManualClock, settleTurns } from './registry/manual-clock.fixture.js';
import { WatcherCalls } from './watcher-calls.js';

function watched() {
  const clock = new ManualClock();
  const warnings: [facts: object, message: string][] = [];
  let drops = 0;
  const calls = new WatcherCalls({
    option: 'spy',
    clock,
    warn: (...warning) => warnings.push(warning),
    dropped: () => drops++,
  });
  const slowly = (ms: number) => calls.call(() => clock.advance(ms));
  return { clock, warnings, calls, slowly, drops: () => drops };
}

describe('code that only watches', () => {
  it('is called, and what it gives is handed on', () => {
    const { calls } = watched();
    expect(calls.isCalling).toBe(false);
    expect(calls.call(() => calls.isCalling)).toBe(true);
    expect([calls.isCalling, calls.isDropped]).toEqual([false, false]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new TypeError('told to');
      },
    ],
    ['gives a promise that rejects', () => Promise.reject(new TypeError('told to'))],
  ])('is called no more once it %s, which is said once', async (_, step) => {
    const { calls, warnings, drops } = watched();
    void calls.call(step);
    await settleTurns();
    expect(calls.call(() => 1)).toBeUndefined();
    expect([calls.isDropped, calls.isCalling, drops()]).toEqual([true, false, 1]);
    const message = `option 'spy' is not called any more: it threw: told to`;
    const facts = { code: 'WATCHER_DROPPED', err: new TypeError('told to') };
    expect(warnings).toEqual([[facts, message]]);
  });

  it('is called no more once it is slow three times in a row, and not before', () => {
    const { calls, slowly, warnings, drops } = watched();
    for (const ms of [50, 50, 49, 50, 50]) slowly(ms);
    expect([calls.isDropped, warnings.length]).toEqual([false, 0]);
    slowly(50);
    expect([calls.isDropped, drops()]).toEqual([true, 1]);
    expect(warnings[0]![1]).toBe(
      `option 'spy' is not called any more: 3 calls in a row took 50 ms or more`,
    );
  });

  it('does no harm when the logger throws as well', () => {
    const clock = new ManualClock();
    const bad = (): never => {
      throw new Error('bad');
    };
    const calls = new WatcherCalls({ option: 'spy', clock, warn: bad });
    calls.call(bad);
    expect(calls.isDropped).toBe(true);
  });
});
