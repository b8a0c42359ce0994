import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateLimiter } from './rate-limit.js';

describe('the rate limiter', () => {
  it('lets everything pass and is off without limits', () => {
    const limiter = new RateLimiter({});
    expect(limiter.isOn).toBe(false);
    for (let at = 0; at < 10_000; at++) expect(limiter.take('a', 0)).toBe(0);
    expect(limiter.peersRemembered).toBe(0);
  });

  it('lets a full bucket pass at once, then as many as time brings', () => {
    const limiter = new RateLimiter({ globalPerSecond: 10 });
    const passing = (now: number) => {
      let passed = 0;
      while (limiter.take(undefined, now) === 0) passed++;
      return passed;
    };
    expect(passing(1_000)).toBe(10);
    expect(passing(1_050)).toBe(0);
    expect(passing(1_100)).toBe(1);
    expect(passing(1_500)).toBe(4);
    expect(passing(1_000_000)).toBe(10);
  });

  it('counts each peer by itself, and commands about no peer for the whole alone', () => {
    const limiter = new RateLimiter({ perPeerPerMinute: 2 });
    expect([1, 2, 3].map(() => limiter.take('a', 0) === 0)).toEqual([true, true, false]);
    expect(limiter.take('b', 0)).toBe(0);
    expect(limiter.take(undefined, 0)).toBe(0);
    expect(limiter.take('a', 30_000)).toBe(0);
    expect(limiter.take('a', 30_000)).toBe(30_000);
  });

  it('says after how long one may try again, neither too early nor later than needed', () => {
    const anyLimit = fc.double({ min: 0.1, max: 5_000, noNaN: true });
    fc.assert(
      fc.property(anyLimit, fc.array(fc.nat(700), { maxLength: 40 }), (limit, gaps) => {
        const limiter = new RateLimiter({ globalPerSecond: limit });
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          const wait = limiter.take(undefined, now);
          if (wait === 0) continue;
          expect(wait).toBeLessThanOrEqual(Math.ceil(1_000 / limit));
          if (wait > 2) expect(limiter.take(undefined, now + wait - 2)).toBeGreaterThan(0);
          now += wait + 1;
          expect(limiter.take(undefined, now)).toBe(0);
        }
      }),
    );
  });

  it('never lets more than the limit and one period of it pass in any period', () => {
    const steps = fc.array(fc.integer({ min: -400, max: 400 }), { maxLength: 300 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), steps, (limit, moves) => {
        const limiter = new RateLimiter({ globalPerSecond: limit });
        let now = 10_000;
        let latest = now;
        let passed = 0;
        // Time goes to and fro: only its progress brings tokens.
        for (const move of moves) {
          now += move;
          latest = Math.max(latest, now);
          if (limiter.take(undefined, now) === 0) passed++;
        }
        expect(passed).toBeLessThanOrEqual(limit + ((latest - 9_600) / 1_000) * limit);
      }),
    );
  });

  it('remembers a bounded number of peers, and forgets the longest silent first', () => {
    const limiter = new RateLimiter({ perPeerPerMinute: 1 });
    expect(limiter.take('early', 0)).toBe(0);
    expect(limiter.take('steady', 0)).toBe(0);
    for (let peer = 0; peer < 65_536; peer++) {
      limiter.take(String(peer), 0);
      if (peer % 10_000 === 0) expect(limiter.take('steady', 0)).toBeGreaterThan(0);
    }
    expect(limiter.peersRemembered).toBe(65_536);
    expect(limiter.take('steady', 0)).toBeGreaterThan(0);
    expect(limiter.take('early', 0)).toBe(0);
    expect(limiter.peersRemembered).toBe(65_536);
  });
});
