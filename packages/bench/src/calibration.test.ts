import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrate, countFor } from './calibration.js';

const goal = { runMs: 700, firstCount: 100, maxCount: 1_000_000 };

describe('calibration', () => {
  it('finds the count that fills a run, whatever the speed', async () => {
    const speeds = fc.double({ min: 0.001, max: 1_000, noNaN: true });
    await fc.assert(
      fc.asyncProperty(speeds, async (perMs) => {
        const count = await calibrate(goal, (tried) => Promise.resolve(tried / perMs));
        const wanted = Math.min(goal.maxCount, Math.max(1, perMs * goal.runMs));
        expect(count).toBeGreaterThan(wanted * 0.99 - 1);
        expect(count).toBeLessThan(wanted * 1.01 + 1);
      }),
    );
  });

  it('goes up in steps, and believes no trial that was short', async () => {
    const tried: number[] = [];
    // The first calls are slow, as code is that has not been compiled.
    const count = await calibrate(goal, (size) => {
      tried.push(size);
      return Promise.resolve(tried.length < 3 ? 170 : size / 100);
    });
    expect(tried).toEqual([100, 412, 1_696, 13_568, 70_000]);
    expect(count).toBe(70_000);
  });

  it('tries a slow system once', async () => {
    let trials = 0;
    const count = await calibrate(goal, () => {
      trials++;
      return Promise.resolve(7_000);
    });
    expect({ count, trials }).toEqual({ count: 10, trials: 1 });
  });

  it('ends at the most that is allowed, for a system too fast to be measured too', async () => {
    expect(await calibrate(goal, () => Promise.resolve(0))).toBe(goal.maxCount);
  });

  it('never asks for less than one', () => {
    expect(countFor(goal, 1, 100_000)).toBe(1);
  });
});
