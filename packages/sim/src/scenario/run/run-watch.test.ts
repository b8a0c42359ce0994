import { describe, expect, it } from 'vitest';
import type { ChurnEvent } from '../../churn/churn-event.js';
import type { RegistryPort } from '../../driver/registry-port.js';
import { VirtualClock } from '../../time/virtual-clock.js';
import { phaseSpans } from '../churn/phase-spans.js';
import { planFaults } from './fault-plan.js';
import { phaseLag } from './phase-lag.js';
import { PhaseTally } from './phase-tally.js';
import { RunWatch } from './run-watch.js';

const spans = phaseSpans([
  { kind: 'steady', name: 'one', duration: 1_000 },
  { kind: 'steady', name: 'two', duration: 2_000 },
]);
const event = (at: number, kind: 'join' | 'update' | 'leave'): ChurnEvent =>
  ({ at, kind }) as unknown as ChurnEvent;

describe('the figures of phases', () => {
  it('are counted from the start of a phase to just before its end, means weighted by time', () => {
    const tally = new PhaseTally(spans);
    tally.count(event(0, 'join'));
    tally.count(event(500, 'join'));
    tally.count(event(1_000, 'join'));
    tally.count(event(2_000, 'leave'));
    expect(tally.figures(3_000)).toMatchObject([
      { name: 'one', joins: 1, leaves: 0, peers: { mean: 1.5, peak: 2, final: 2 } },
      { name: 'two', joins: 1, leaves: 1, peers: { mean: 2.5, peak: 3, final: 2 } },
    ]);
  });

  it('have how far each observer was behind, by the samples within', () => {
    const course = { state: [], delivered: [], resyncs: [], restarts: [] };
    const series = {
      ...{ realMs: [], online: [], joins: [], updates: [], leaves: [], rssMiB: [] },
      at: [0, 500, 1_000, 2_000, 3_000],
      observers: [
        { ...course, name: 'mesh', lag: [0, 3, 10, 20, 60] },
        { ...course, name: 'late', lag: [1, 2, 6] },
      ],
    };
    expect(phaseLag(series, { startsAt: 0, endsAt: 1_000 }, false)).toEqual([
      { name: 'mesh', lag: { mean: 1.5, max: 3 } },
      { name: 'late', lag: { mean: null, max: null } },
    ]);
    expect(phaseLag(series, { startsAt: 1_000, endsAt: 3_000 }, true)).toEqual([
      { name: 'mesh', lag: { mean: 30, max: 60 } },
      { name: 'late', lag: { mean: 3, max: 6 } },
    ]);
  });

  it('end where the run ended, and leave out phases that never began', () => {
    const tally = new PhaseTally(spans);
    tally.count(event(0, 'join'));
    expect(tally.figures(400)).toMatchObject([{ name: 'one', endsAt: 400, peers: { mean: 1 } }]);
  });
});

describe('a watch', () => {
  it('samples at even steps of virtual time, whatever comes when', async () => {
    const virtual = new VirtualClock(0);
    const real = new VirtualClock(0);
    const watch = new RunWatch({
      spans,
      everyMs: 1_000,
      observers: ['mesh'],
      planned: [],
      clock: real,
      rssBytes: () => 2 ** 20,
    });
    let lag = 0;
    const port = {
      upsert: () => Promise.resolve({ seq: 1, change: 'added' }),
      getObserverStats: () => ({
        observers: [
          {
            name: 'mesh',
            state: 'live',
            delivered: 0,
            lag: lag++,
            resyncs: 0,
            restarts: 0,
            incarnation: 1,
            reasons: [],
          },
        ],
      }),
    } as unknown as RegistryPort;
    const registry = await watch.opening(() => Promise.resolve(port))({
      clock: virtual,
      observers: 1,
    });
    const events = (async function* () {
      for (const one of [event(0, 'join'), event(100, 'join'), event(2_500, 'update')]) {
        await Promise.resolve();
        yield one;
      }
    })();
    const source = watch.source({
      name: '',
      kind: '',
      epochMs: 0,
      events,
      spanMs: () => 3_000,
      fractionRead: () => 0,
    });
    for await (const { at } of source.events) {
      virtual.advanceTo(at);
      await registry.upsert({} as never);
    }
    virtual.advanceTo(3_000);
    expect(watch.series).toMatchObject({
      at: [0, 1_000, 2_000, 3_000],
      online: [0, 2, 2, 2],
      updates: [0, 0, 0, 1],
      rssMiB: [1, 1, 1, 1],
      observers: [{ name: 'mesh', lag: [0, 1, 2, 3] }],
    });
    expect(watch.commitLatency()).toMatchObject({ count: 1, p50: 0 });
    expect(watch.observerLatency('mesh')).toMatchObject({ count: 0, p50: null });
  });
});

describe('faults', () => {
  it('are planned by the run’s own time', () => {
    const faults = [
      { fault: 'loop', observer: 'mesh', phase: 'two', at: 500 },
      { fault: 'exit', observer: 'mesh', at: 200 },
    ];
    expect(planFaults(faults, spans)).toEqual([
      { fault: 'exit', observer: 'mesh', atMs: 200 },
      { fault: 'loop', observer: 'mesh', atMs: 1_500 },
    ]);
  });
});

describe('names', () => {
  it.each(['constructor', '__proto__', 'toString', 'the log'])(
    'may be what objects have already: %s',
    async (name) => {
      const virtual = new VirtualClock(0);
      const watch = new RunWatch({
        spans,
        everyMs: 1_000,
        observers: [name],
        planned: [],
        clock: new VirtualClock(0),
        rssBytes: () => 0,
      });
      const stats = {
        name,
        state: 'live',
        delivered: 0,
        lag: 3,
        resyncs: 0,
        restarts: 0,
        incarnation: 1,
        reasons: [],
      };
      const port = {
        getObserverStats: () => ({
          observers: [stats, { ...stats, name: 'one of the run’s own' }],
        }),
      } as unknown as RegistryPort;
      await watch.opening(() => Promise.resolve(port))({ clock: virtual, observers: 1 });
      virtual.advanceTo(1_000);
      expect(watch.series.observers).toEqual([
        {
          name,
          state: ['live', 'live'],
          lag: [3, 3],
          delivered: [0, 0],
          resyncs: [0, 0],
          restarts: [0, 0],
        },
      ]);
    },
  );
});
