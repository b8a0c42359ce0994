import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../config.js';
import { type RestartHistory, afterEnd, noRestarts } from './restart-policy.js';

const config = resolveConfig().observers.restart;

/** Ends an observer at each of the times, and returns what was decided. */
function run(times: readonly number[], chance = 0, more: Partial<typeof config> = {}) {
  let history: RestartHistory = noRestarts;
  return times.map((now) => {
    const decision = afterEnd('permanent', false, history, now, chance, { ...config, ...more });
    if (decision.kind === 'restart') history = decision.history;
    return decision.kind === 'restart' ? decision.delayMs : decision.kind;
  });
}

describe('the restart policy', () => {
  it.each([
    ['permanent', true, 'restart'],
    ['permanent', false, 'restart'],
    ['transient', true, 'finish'],
    ['transient', false, 'restart'],
    ['temporary', true, 'finish'],
    ['temporary', false, 'finish'],
  ] as const)('S1 %s, ended normally: %s → %s', (type, normal, kind) => {
    expect(afterEnd(type, normal, noRestarts, 0, 0, config).kind).toBe(kind);
  });

  it('B1 the n-th delay lies in [min·2ⁿ, min·2ⁿ·(1 + jitter)], capped at the maximum', () => {
    const anyConfig = fc.record({
      minBackoffMs: fc.integer({ min: 1, max: 1_000 }),
      more: fc.nat(100_000),
      jitter: fc.double({ min: 0, max: 1, noNaN: true }),
      chance: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    fc.assert(
      fc.property(anyConfig, ({ minBackoffMs, more, jitter, chance }) => {
        const maxBackoffMs = minBackoffMs + more;
        const limits = { minBackoffMs, maxBackoffMs, jitter, maxRestarts: 2_000 };
        const delays = run(
          Array.from({ length: 1_100 }, (_, n) => n),
          chance,
          limits,
        ) as number[];
        for (const [n, delay] of delays.entries()) {
          const least = Math.min(maxBackoffMs, minBackoffMs * 2 ** n);
          const most = Math.min(maxBackoffMs, minBackoffMs * 2 ** n * (1 + jitter));
          expect(delay).toBeGreaterThanOrEqual(least);
          expect(delay).toBeLessThanOrEqual(most);
        }
      }),
      { numRuns: 20 },
    );
    expect(run([0, 1, 2, 3])).toEqual([100, 200, 400, 800]);
    expect(run([0, 1], 0.5, { jitter: 0.5 })).toEqual([125, 250]);
  });

  it('B2 a quiet period resets the count and the delay', () => {
    const { quietMs } = config;
    expect(run([0, 10, 10 + quietMs, 20 + quietMs])).toEqual([100, 200, 100, 200]);
    expect(run([0, 10, 9 + quietMs])).toEqual([100, 200, 400]);
  });

  it('S3 more than maxRestarts within the window quarantines; exactly as many do not', () => {
    expect(run([0, 1, 2, 3, 4])).not.toContain('quarantine');
    expect(run([0, 1, 2, 3, 4, 5]).at(-1)).toBe('quarantine');
  });

  it('S3 restarts older than the window do not count', () => {
    const { withinMs } = config;
    expect(run([0, 1, 2, 3, 4, withinMs - 1]).at(-1)).toBe('quarantine');
    expect(run([0, 1, 2, 3, 4, withinMs]).at(-1)).not.toBe('quarantine');
    expect(run([0, 1, 2, 3, 4, withinMs, withinMs]).at(-1)).toBe('quarantine');
  });

  it('S4 with maxRestarts 0 the first failure quarantines', () => {
    expect(run([0], 0, { maxRestarts: 0 })).toEqual(['quarantine']);
  });

  it('remembers no more restarts than it counts', () => {
    let history: RestartHistory = noRestarts;
    for (let at = 0; at < 1_000; at++) {
      const decision = afterEnd('permanent', false, history, at * 20_000, 0, config);
      if (decision.kind !== 'restart') throw new Error('it gave up');
      history = decision.history;
      expect(history.restarts.length).toBeLessThanOrEqual(config.maxRestarts);
    }
  });

  it('changes nothing of the history it is given', () => {
    const history: RestartHistory = Object.freeze({
      restarts: Object.freeze([1, 2]),
      streak: 2,
      lastEnd: 2,
    });
    afterEnd('permanent', false, history, 3, 0, config);
    expect(history).toEqual({ restarts: [1, 2], streak: 2, lastEnd: 2 });
  });
});
