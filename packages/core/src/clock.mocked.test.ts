import { setTimeout } from 'node:timers';
import { describe, expect, it, vi } from 'vitest';
import { systemChance, systemClock, withDeadline } from './clock.js';
import { ManualClock } from './registry/manual-clock.fixture.js';

vi.mock('node:timers', { spy: true });

describe('a deadline', () => {
  it('is gone as soon as the promise has settled, either way', async () => {
    const clock = new ManualClock();
    const late = () => new Error('late');
    await expect(withDeadline(clock, Promise.resolve(5), 10, late)).resolves.toBe(5);
    await expect(withDeadline(clock, Promise.reject(new Error('own')), 10, late)).rejects.toThrow(
      'own',
    );
    expect(clock.timers).toBe(0);
  });

  it('rejects with its own error once the time is over, and drops what comes late', async () => {
    const clock = new ManualClock();
    let resolve!: (value: number) => void;
    const slow = new Promise<number>((settle) => (resolve = settle));
    const raced = withDeadline(clock, slow, 10, () => new Error('late'));
    clock.advance(9);
    expect(clock.timers).toBe(1);
    clock.advance(1);
    resolve(5);
    await expect(raced).rejects.toThrow('late');
    expect(clock.timers).toBe(0);
  });

  it('turns what is no error into one', async () => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- that is the case
    const odd = Promise.reject('just text');
    await expect(withDeadline(new ManualClock(), odd, 10, () => new Error('late'))).rejects.toThrow(
      new Error('just text'),
    );
  });
});

describe('the machine’s own time and chance', () => {
  it('calls once after a delay, and not when cancelled, twice or not', async () => {
    let calls = 0;
    const cancel = systemClock.after(1, () => calls++);
    cancel();
    cancel();
    await new Promise<void>((resolve) => systemClock.after(2, resolve));
    expect(calls).toBe(0);
  });

  it('takes what is overdue as due now: newer runtimes warn of less than nothing', async () => {
    await new Promise<void>((resolve) => systemClock.after(-200, resolve));
    expect(setTimeout).toHaveBeenCalledWith(expect.any(Function), 0);
  });

  it('waits longer than one timer can run, and for ever without one', () => {
    const most = 2 ** 31 - 1;
    const timers: { task: () => void; ms: number }[] = [];
    vi.mocked(setTimeout).mockImplementation(((task: () => void, ms: number) => {
      timers.push({ task, ms });
      return { unref: () => undefined };
    }) as unknown as typeof setTimeout);
    let calls = 0;
    systemClock.after(Infinity, () => calls++);
    expect(timers).toEqual([]);
    systemClock.after(2 * most + 7, () => calls++);
    for (const ms of [most, most, 7]) {
      expect(calls).toBe(0);
      const { task, ms: waited } = timers.pop()!;
      expect([waited, timers.length]).toEqual([ms, 0]);
      task();
    }
    expect([calls, timers.length]).toEqual([1, 0]);
    vi.mocked(setTimeout).mockReset();
  });

  it('never goes back, and is Unix time', () => {
    const [a, b] = [systemClock.monotonic(), systemClock.monotonic()];
    expect(b).toBeGreaterThanOrEqual(a);
    expect(new Date(systemClock.now()).getUTCFullYear()).toBeGreaterThanOrEqual(2024);
  });

  it('draws from 0 up to and never 1', () => {
    for (let draw = 0; draw < 1_000; draw++) {
      const value = systemChance();
      expect(value >= 0 && value < 1).toBe(true);
    }
  });
});
