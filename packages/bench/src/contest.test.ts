import { describe, expect, it } from 'vitest';
import { planOf } from './bench-plan.js';
import { type Entrant, holdContest } from './contest.js';

const quick = planOf({ observers: [1], seed: '1', quick: true, runs: 3 });
const full = planOf({ observers: [1], seed: '1', quick: false, runs: 2 });
const never = new AbortController().signal;

interface Watched extends Entrant {
  readonly counts: number[];
}

/** An entrant that records its turns; it repeats `perMs` times in a millisecond. */
function entrantOf(system: Entrant['system'], turns: string[], perMs = 1, once = false): Watched {
  const counts: number[] = [];
  return {
    system,
    observers: 1,
    peers: 5,
    metrics: [
      { name: 'turn', unit: 'nth', better: 'more' },
      { name: 'count', unit: 'times', better: 'less' },
    ],
    count: once ? 42 : 'calibrated',
    once,
    counts,
    run(count) {
      turns.push(system);
      counts.push(count);
      return Promise.resolve({ elapsedMs: count / perMs, values: [counts.length, count] });
    },
  };
}

const hold = (entrants: readonly Entrant[], plan = quick, signal = never) =>
  holdContest(
    'fanout',
    { entrants, close: () => Promise.resolve() },
    plan,
    signal,
    () => undefined,
  );

describe('a contest', () => {
  it('lets all warm up first, then take turns', async () => {
    const turns: string[] = [];
    await hold([entrantOf('panoptes', turns), entrantOf('comlink', turns)]);
    const pair = ['panoptes', 'comlink'];
    expect(turns).toEqual([...pair, ...pair, ...pair, ...pair]);
  });

  it('keeps every counted run and none of the others', async () => {
    const rows = await hold([entrantOf('panoptes', [])]);
    expect(rows).toMatchObject([
      { metric: 'turn', system: 'panoptes', peers: 5, unit: 'nth', better: 'more', median: 3 },
      { metric: 'count', unit: 'times', better: 'less' },
    ]);
    // The first was the warm-up.
    expect(rows[0]!.runs).toEqual([2, 3, 4]);
  });

  it('gives each as much to do as fills a run', async () => {
    const slow = entrantOf('comlink', [], 1);
    const fast = entrantOf('panoptes', [], 1_000);
    await hold([slow, fast], full);
    expect(slow.counts.slice(-2)).toEqual([700, 700]);
    expect(fast.counts.slice(-2)).toEqual([700_000, 700_000]);
  });

  it('lets one that was slow at first warm up until it is no faster any more', async () => {
    const cold = entrantOf('panoptes', []);
    const speeds = [0.5, 1, 3, 10, 20];
    const warming = {
      ...cold,
      run: async (count: number) => ({
        ...(await cold.run(count)),
        elapsedMs: count / (speeds[cold.counts.length - 1] ?? 20),
      }),
    };
    await hold([warming], full);
    expect(cold.counts).toEqual([100, 350, 700, 2_100, 7_000, 14_000, 14_000, 14_000]);
  });

  it('has the work done beforehand as often as an entrant wants, where its runs are timed', async () => {
    const entrant = { ...entrantOf('panoptes', []), beforehand: 5_000 };
    await hold([entrant], full);
    expect(entrant.counts[0]).toBe(5_000);
    expect(entrant.counts.slice(-2)).toEqual([700, 700]);
    const quickly = { ...entrantOf('panoptes', []), beforehand: 5_000 };
    await hold([quickly]);
    expect(quickly.counts).not.toContain(5_000);
  });

  it('runs once, without warming up, what is run once', async () => {
    const entrant = entrantOf('panoptes', [], 1, true);
    const rows = await hold([entrant], full);
    expect(entrant.counts).toEqual([42]);
    expect(rows[0]!.runs).toEqual([1]);
  });

  it('fails with the entrant that fails', async () => {
    const failing = {
      ...entrantOf('panoptes', []),
      run: () => Promise.reject(new Error('lost an event')),
    };
    await expect(hold([failing])).rejects.toThrow('lost an event');
  });

  it('ends in the middle of a run when the user has had enough', async () => {
    const interrupt = new AbortController();
    const endless = {
      ...entrantOf('panoptes', []),
      run: () => {
        setImmediate(() => interrupt.abort(new Error('enough')));
        return new Promise<never>(() => undefined);
      },
    };
    await expect(hold([endless], quick, interrupt.signal)).rejects.toThrow('enough');
  });
});
