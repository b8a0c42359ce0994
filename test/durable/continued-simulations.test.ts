import { simulate, type Summary, prepareScenario, presetScenario } from '@panoptes/sim';
import { describe, expect, it } from 'vitest';
import { MemoryDisk } from '../../packages/core/src/registry/memory-disk.fixture.js';

type Options = Parameters<typeof simulate>[0];

async function churnOf(seed: string, duration = '12h'): Promise<Options['source']> {
  const overrides = [
    { key: 'population.peers', value: 100 },
    { key: 'phases.0.duration', value: duration },
    { key: 'seed', value: seed },
  ];
  return (await prepareScenario(presetScenario('kad', overrides))).churn;
}

/** Plays it until some events have been sent. */
async function interrupted(how: Omit<Options, 'observers'>, afterEvents: number): Promise<Summary> {
  const interrupt = new AbortController();
  let events = 0;
  return simulate({
    ...how,
    observers: ['kademlia', 'mesh'],
    signal: interrupt.signal,
    source: counted(how.source, () => {
      if (++events === afterEvents) interrupt.abort();
    }),
  });
}

/** The same source, whose events are seen as they are taken. */
function counted(source: Options['source'], taken: () => void): Options['source'] {
  const inner = source as Awaited<ReturnType<typeof prepareScenario>>['churn'];
  return {
    ...{ name: inner.name, kind: inner.kind, epochMs: inner.epochMs },
    spanMs: () => inner.spanMs(),
    fractionRead: () => inner.fractionRead(),
    ...(inner.skipped && { skipped: inner.skipped }),
    events: (async function* () {
      for await (const event of inner.events) {
        taken();
        yield event;
      }
    })(),
  };
}

const outcome = (run: Summary) => ({
  digests: [run.registryDigest, run.logDigest, ...run.observers.map(({ digest }) => digest)],
  counts: [run.events, run.joins, run.updates, run.leaves, run.virtualMs, run.peers],
  faults: run.faults,
  verdict: run.verdict,
});

describe('a simulation with a store', () => {
  const faults = [
    { fault: 'throws-in-events', observer: 'kademlia', atMs: 600_000 },
    { fault: 'throws-in-events', observer: 'mesh', atMs: 36_000_000 },
  ];
  it.each([
    ['against the plain model', {}],
    ['against fresh observers', { withModel: false }],
    ['comparing nothing', { checks: 'digest' as const }],
    ['with faults', { faults }],
  ])('goes on to the same end: %s', async (_, more) => {
    const store = new MemoryDisk();
    const observers = ['kademlia', 'mesh'] as const;
    const whole = await simulate({ source: await churnOf('1'), observers, ...more });
    const first = await interrupted({ source: await churnOf('1'), store, ...more }, 400);
    expect(first).toMatchObject({ interrupted: true });
    const run = await simulate({ source: await churnOf('1'), observers, store, ...more });
    const { seq } = run.continued!;
    expect(run.continued).toEqual({ epoch: 2, seq, wasWhole: false });
    expect(seq).toBeGreaterThan(300);
    expect(outcome(run)).toEqual(outcome(whole));

    const again = await simulate({ source: await churnOf('1'), observers, store, ...more });
    expect(again.continued).toMatchObject({ epoch: 3, wasWhole: true });
    expect(outcome(again)).toEqual(outcome(whole));
  });

  it('is refused that of another seed, and one that has come further', async () => {
    const store = new MemoryDisk();
    const observers = ['mesh'] as const;
    await simulate({ source: await churnOf('1'), observers, store });
    const { kept } = store;
    const other = simulate({ source: await churnOf('2', '20h'), observers, store });
    await expect(other).rejects.toMatchObject({
      code: 'STORE_OF_OTHER_RUN',
      message: expect.stringContaining('kad, 100 peers, seed 2') as string,
    });
    const shorter = simulate({ source: await churnOf('1'), observers, store, untilMs: 600_000 });
    await expect(shorter).rejects.toMatchObject({
      code: 'STORE_OF_OTHER_RUN',
      message: expect.stringContaining(`it has come to transaction ${kept.lastSeq}`) as string,
    });
    // Neither has changed it.
    expect(store.kept).toEqual({ ...kept, epoch: 3 });
    const run = await simulate({ source: await churnOf('1'), observers, store });
    expect(run).toMatchObject({ verdict: 'pass', continued: { epoch: 4, wasWhole: true } });
  });

  it('can be interrupted while its beginning is made again, and goes on later', async () => {
    const store = new MemoryDisk();
    await interrupted({ source: await churnOf('1'), store }, 500);
    const { lastSeq } = store.kept;
    const stopped = interrupted({ source: await churnOf('1'), store }, 100);
    await expect(stopped).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(store.kept.lastSeq).toBe(lastSeq);
    const run = await simulate({ source: await churnOf('1'), observers: ['mesh'], store });
    expect(run).toMatchObject({ verdict: 'pass', continued: { epoch: 3, seq: lastSeq } });
  });

  it.each([
    [{ store: {} as never }, /^option 'store'/],
    [{ store: new MemoryDisk(), events: 'never.csv' }, /^option 'events': expected no store/],
  ])('is refused what is none: %j', async (more, words) => {
    const given = simulate({ source: [], observers: [], ...more });
    await expect(given).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(words) as string,
    });
  });
});
