import type { Clock, SourceHead } from '@panoptes/core';
import { describe, expect, it } from 'vitest';
import { StreamHead } from './stream-head.js';

const head = (seq: number): SourceHead => ({ epoch: 1, seq, time: 5 });

describe('the newest transaction of a stream', () => {
  it('is asked for when somebody looks, not more often than four times a second', async () => {
    let now = 0;
    let asked = 0;
    const clock = { monotonic: () => now } as Clock;
    const newest = new StreamHead(() => Promise.resolve(head(++asked)), clock);
    expect(asked).toBe(0);
    expect(newest.look()).toBeUndefined();
    for (now = 0; now < 250; now += 10) newest.look();
    await Promise.resolve();
    expect(asked).toBe(1);
    expect(newest.look()).toEqual(head(1));
    await Promise.resolve();
    expect([asked, newest.look()]).toEqual([2, head(2)]);
  });

  it('stays what it was when there is no answer', async () => {
    let now = 0;
    let answer: () => Promise<SourceHead | undefined> = () => Promise.resolve(head(1));
    const newest = new StreamHead(() => answer(), { monotonic: () => now } as Clock);
    newest.look();
    await Promise.resolve();
    for (answer of [() => Promise.reject(new Error('gone')), () => Promise.resolve(undefined)]) {
      now += 1_000;
      newest.look();
      await new Promise((resolve) => setImmediate(resolve));
      expect(newest.look()).toEqual(head(1));
    }
  });
});
