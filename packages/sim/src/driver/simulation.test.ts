import { hash } from 'node:crypto';
import { Findings } from '@panoptes/testkit';
import { defineObserver, type AnyObserver } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import type { ChurnSource } from '../churn/churn-source.js';
import logObserver from '../observers/log-observer.js';
import { prepareScenario } from '../scenario/run/scenario-run.js';
import { presetScenario } from '../scenario/preset-scenario.js';
import { openTrace } from '../traces/open-trace.js';
import { TraceError } from '../traces/trace-error.js';
import { traceFile } from '../traces/trace-files.fixture.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { type Faults, type FakeRegistry, fakeRegistry } from './fake-registry.fixture.js';
import { inProcessModel } from './in-process-model.fixture.js';
import { simulate } from './simulation.js';
import type { SimulationOptions } from './simulation-options.js';
import type { SimulationWatch } from './simulation-watch.js';

/** Knows who is there. */
const roll = defineObserver({
  name: 'roll',
  setup: () => new Set<string>(),
  onEvents(batch, ids) {
    for (const change of batch.changes()) {
      if (change.kind === 'PeerRemoved') ids.delete(change.nodeId);
      else ids.add(change.nodeId);
    }
  },
  digest(ids) {
    const text = [...ids].sort().join(' ');
    return text.length > 100 ? hash('sha256', text) : text;
  },
});

const definitions = new Map<string, AnyObserver>([
  [logObserver.name, logObserver],
  ['roll', roll],
]);

async function kadChurn(peers: number, durationMs: number): Promise<ChurnSource> {
  const overrides = [
    { key: 'population.peers', value: peers },
    { key: 'phases.0.duration', value: `${durationMs}ms` },
  ];
  return (await prepareScenario(presetScenario('kad', overrides))).churn;
}

/** Looks every so often, and does nothing else. */
function onlooker(everyMs: number): SimulationWatch {
  let look = 0;
  return {
    get nextLookAt() {
      return look;
    },
    opened({ virtual }) {
      const later = (): void => {
        look = virtual.monotonic() + everyMs;
        virtual.after(everyMs, later);
      };
      later();
    },
    moduleOf: (module) => module,
    registered: () => undefined,
    ordered: () => undefined,
    look: () => undefined,
    before: () => undefined,
    sent: () => undefined,
    closing: () => Promise.resolve(),
  };
}

const avt = 'aa\t1\t 0 10\nbb\t2\t 5 8 10 20\n';

async function play(
  faults: Faults = {},
  more: Partial<SimulationOptions> = {},
): Promise<{ fake: FakeRegistry; summary: Awaited<ReturnType<typeof simulate>> }> {
  const fake = fakeRegistry(definitions, faults);
  const summary = await simulate({
    source: await openTrace(traceFile('peers.avt', avt)),
    seed: null,
    observers: [{ name: 'roll', module: new URL('file:///roll.js') }],
    startModel: inProcessModel(definitions),
    speed: Number.POSITIVE_INFINITY,
    clock: new VirtualClock(0),
    openRegistry: fake.open,
    ...more,
  });
  expect(fake.closed).toBe(true);
  return { fake, summary };
}

describe('a simulation', () => {
  it('plays every change in order and finds that all agree', async () => {
    const { fake, summary } = await play();
    expect(fake.changes.map(({ kind }) => kind)).toEqual([
      'join',
      'join',
      'leave',
      'leave',
      'join',
      'leave',
    ]);
    expect(summary).toMatchObject({
      source: { kind: 'availability trace' },
      seed: null,
      interrupted: false,
      events: 6,
      joins: 3,
      updates: 0,
      leaves: 3,
      virtualMs: 20_000,
      peers: { peak: 2, mean: 1.15, final: 0, distinct: 2 },
      checks: 1,
      registryMatches: true,
      logDigestMatches: true,
      observers: [{ name: 'roll', delivered: 6, digest: '', digestMatches: true }],
      verdict: 'pass',
    });
    expect(summary.logDigest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('fails when an observer or the log differs from the model', async () => {
    const { summary } = await play({ drops: (change) => change === 6 });
    expect(summary).toMatchObject({
      verdict: 'fail',
      registryMatches: false,
      registryProblem: 'expected 0 peers at transaction 6, got 1',
      logDigestMatches: false,
      observers: [
        { digest: 'bb', digestMatches: false, problem: 'differs from the model at transaction 6' },
      ],
    });
  });

  it('fails when only the course of events differs and the end is the same', async () => {
    // The first session of bb is lost as a whole.
    const { summary } = await play({ drops: (change) => change === 2 || change === 3 });
    expect(summary.observers[0]!.digestMatches).toBe(true);
    expect(summary).toMatchObject({
      verdict: 'fail',
      registryMatches: true,
      logDigestMatches: false,
    });
  });

  it('reports an observer that cannot be asked, and fails', async () => {
    const { summary } = await play({ unavailable: 'roll' });
    expect(summary).toMatchObject({
      verdict: 'fail',
      logDigestMatches: true,
      observers: [
        {
          digest: null,
          digestMatches: null,
          problem: expect.stringContaining('roll is not there to answer') as string,
        },
      ],
    });
  });

  it('fails when the observer that follows the log saw a rule broken', async () => {
    const seen = new Findings();
    seen.broken({ rule: 'W4', expected: 'transaction 3', got: 'transaction 4' });
    const { summary } = await play({ verdicts: seen.verdicts() });
    expect(summary).toMatchObject({ verdict: 'fail', registryMatches: true });
    expect(summary.violations).toEqual([
      { rule: 'W4', expected: 'transaction 3', got: 'transaction 4' },
    ]);
    expect(summary.rules.find(({ rule }) => rule === 'indexes')!.checked).toBeGreaterThan(0);
  });

  it('is checked on the way, not only at its end', async () => {
    const source = await kadChurn(2_000, 54_000_000);
    const { summary } = await play({}, { source });
    expect(summary.events).toBeGreaterThan(2 * 16_384);
    expect(summary.checks).toBeGreaterThan(2);
    expect(summary.verdict).toBe('pass');
  });

  it('stops at a given virtual time, over which the mean is then taken', async () => {
    const { summary } = await play({}, { untilMs: 9_000 });
    expect(summary).toMatchObject({
      events: 3,
      virtualMs: 9_000,
      peers: { peak: 2, mean: 1.333, final: 1 },
      interrupted: false,
      verdict: 'pass',
    });
    expect((await play({}, { untilMs: 10_000 })).summary.events).toBe(5);
    expect((await play({}, { untilMs: 99_000 })).summary.virtualMs).toBe(20_000);
  });

  it('stops when it is interrupted, and reports what was done', async () => {
    const abort = new AbortController();
    const clock = new VirtualClock(0);
    const playing = play({}, { signal: abort.signal, speed: 1, clock });
    while (clock.monotonic() < 6_000) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      clock.advanceTo(clock.monotonic() + 100);
    }
    abort.abort();
    const { summary } = await playing;
    expect(summary.interrupted).toBe(true);
    expect(summary.events).toBeLessThan(6);
    expect(summary.verdict).toBe('pass');
  });

  it('never has more than 4,096 commands outstanding', async () => {
    const source = await kadChurn(3_000, 6_000_000);
    const { fake, summary } = await play({}, { source });
    expect(summary.events).toBeGreaterThan(5_000);
    expect(fake.mostOutstanding).toBe(4_096);
    expect(summary.verdict).toBe('pass');
  });

  it('has nothing outstanding at each step of virtual time, and otherwise does not wait', async () => {
    const sent = Array.from({ length: 40 }, (_, at) => `aa${at}\t1\t ${at} 100\n`).join('');
    const committedAt = async (everyMs?: number): Promise<(readonly [number, number])[]> => {
      const fake = fakeRegistry(definitions);
      const seen: [number, number][] = [];
      const openRegistry: SimulationOptions['openRegistry'] = (options) => {
        for (const at of [10_000, 20_000, 30_000]) {
          options.clock.after(at, () => seen.push([at, fake.changes.length]));
        }
        return fake.open(options);
      };
      const source = await openTrace(traceFile('steps.avt', sent));
      const watch = everyMs === undefined ? undefined : onlooker(everyMs);
      await play({}, { source, openRegistry, watch }).catch(() => undefined);
      return seen;
    };
    expect(await committedAt(10_000)).toEqual([
      [10_000, 10],
      [20_000, 20],
      [30_000, 30],
    ]);
    expect((await committedAt()).at(-1)![1]).toBeLessThan(30);
  });

  it('ends when a command is refused, and reports what was done until then', async () => {
    const sent = Array.from({ length: 5_000 }, (_, at) => `aa${at}\t1\t ${at} 9000\n`).join('');
    const source = await openTrace(traceFile('refused.avt', sent));
    const { fake, summary } = await play({ rejectsAt: 2 }, { source });
    expect(summary).toMatchObject({
      verdict: 'fail',
      interrupted: false,
      failure: { code: null, message: 'change 2 is rejected' },
      checks: 0,
      logDigest: null,
    });
    // What had been sent is waited for; nothing else is sent.
    const committed = fake.changes.length - 1;
    expect(committed).toBeLessThan(4_999);
    expect(summary.virtualMs).toBe(1_000 * committed);
    // What was refused has not happened.
    expect(summary.failure!.event).toEqual({ kind: 'join', nodeId: 'aa1', atMs: 1_000 });
    expect(summary).toMatchObject({ events: committed, joins: committed });
    expect(summary.peers).toMatchObject({ peak: committed, final: committed, distinct: committed });
  });

  it('fails with the error of a bad source, and closes the registry', async () => {
    const fake = fakeRegistry(definitions);
    const good = await openTrace(traceFile('good.avt', avt));
    const source: ChurnSource = {
      ...good,
      events: (async function* () {
        yield* good.events;
        throw new TraceError({ file: 'good.avt', line: 3 }, 'expected more');
      })(),
    };
    await expect(play({}, { openRegistry: fake.open, source })).rejects.toThrow(TraceError);
    expect(fake.closed).toBe(true);
  });

  it.each(['next', 'return'] as const)(
    'ends when it is told to, though the source’s %s() never settles',
    async (what) => {
      const good = await openTrace(traceFile('good.avt', avt));
      const stop = new AbortController();
      const never = (): Promise<never> => {
        stop.abort();
        return new Promise(() => undefined);
      };
      const events = good.events[Symbol.asyncIterator]();
      let asked = 0;
      const iterator = {
        next: () => (what === 'next' && ++asked > 2 ? never() : events.next()),
        return: () => (what === 'return' ? never() : Promise.resolve({ done: true as const })),
      };
      const source = {
        ...good,
        events: { [Symbol.asyncIterator]: () => iterator },
      } as unknown as ChurnSource;
      const { signal } = stop;
      const { summary } = await play({}, { source, signal, untilMs: 9_000 });
      expect(summary).toMatchObject({ interrupted: true, events: what === 'next' ? 2 : 3 });
    },
  );
});
