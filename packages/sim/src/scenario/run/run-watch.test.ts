import { createPeer } from '@panoptes/core';
import { profileOf } from '@panoptes/testkit';
import { describe, expect, it } from 'vitest';
import { ChurnTally } from '../../driver/churn-tally.js';
import type { CommandAnswer, ObserverFigures } from '../../driver/registry-port.js';
import { VirtualClock } from '../../time/virtual-clock.js';
import { phaseSamples } from './phase-samples.js';
import { RunWatch } from './run-watch.js';

const figuresOf = (name: string, lag = 0): ObserverFigures => ({
  name,
  state: 'live',
  delivered: 0,
  lag,
  resyncs: 0,
  restarts: 0,
  incarnation: 1,
  heapBytes: 7 * 2 ** 20,
  externalBytes: 2 ** 19,
  reasons: [],
});

/** A run that is watched, and played by hand. */
function watchedRun(
  name: string,
  stats: () => readonly ObserverFigures[],
  most = 600,
  spans = [{ phase: { name: 'run', kind: 'run' }, startsAt: 0, endsAt: Number.POSITIVE_INFINITY }],
) {
  const virtual = new VirtualClock(0);
  const tally = new ChurnTally(spans);
  const watch = new RunWatch({
    sampling: { everyMs: 1_000, most, samplesAReading: 1 },
    phases: spans,
    observers: [name],
    clock: new VirtualClock(0),
    rssBytes: () => 2 ** 20,
  });
  const getObserverStats = () => ({ observers: stats(), supervisor: { zombies: 0 } });
  watch.opened({ registry: { getObserverStats, lastSeq: 0 }, virtual, tally });
  const send = async (
    at: number,
    kind: 'join' | 'update' = 'join',
    id = `${at}`,
  ): Promise<void> => {
    await watch.before();
    virtual.advanceTo(at);
    const answer: CommandAnswer = { seq: 1, change: 'added' };
    await watch.sent(Promise.resolve(answer));
    tally.count({ at, kind, peer: createPeer(profileOf(id)) });
  };
  return { watch, virtual, send };
}

describe('the figures of phases', () => {
  it('have how far each observer was behind and its memory, by the samples within', () => {
    const course = { state: [], delivered: [], resyncs: [], restarts: [] };
    const series = {
      ...{ realMs: [], online: [], joins: [], updates: [], leaves: [], rssMiB: [] },
      at: [0, 500, 1_000, 2_000, 3_000],
      observers: [
        { ...course, name: 'mesh', lag: [0, 3, 10, 20, 60], memoryMiB: [8, 9.5, null, 12, 7] },
        { ...course, name: 'late', lag: [1, 2, 6], memoryMiB: [null, null, null] },
      ],
    };
    const none = { mean: null, max: null };
    expect(phaseSamples(series, { startsAt: 0, endsAt: 1_000 }, 3_000)).toEqual([
      {
        name: 'mesh',
        lag: { mean: 1.5, max: 3 },
        memoryMiB: { mean: 8.75, max: 9.5 },
        metrics: [],
      },
      { name: 'late', lag: none, memoryMiB: none, metrics: [] },
    ]);
    expect(phaseSamples(series, { startsAt: 1_000, endsAt: 3_000 }, 3_000)).toEqual([
      { name: 'mesh', lag: { mean: 30, max: 60 }, memoryMiB: { mean: 9.5, max: 12 }, metrics: [] },
      { name: 'late', lag: { mean: 3, max: 6 }, memoryMiB: none, metrics: [] },
    ]);
  });

  it('have the restarts of each observer between their ends, wherever the samples are', async () => {
    let restarts = 1;
    const spans = [0, 1_300, 2_600, 3_900].map((startsAt, at) => ({
      phase: { name: `phase-${at}`, kind: 'steady' },
      startsAt,
      endsAt: startsAt + 1_300,
    }));
    const stats = () => [{ ...figuresOf('mesh'), restarts }];
    const { watch, send } = watchedRun('mesh', stats, 600, spans);
    await send(0);
    await send(1_299);
    restarts = 3;
    await send(1_300);
    restarts = 7;
    await send(2_700);
    restarts = 8;
    await watch.closing();
    const phases = watch.phases(2_700).map(({ observers }) => observers[0]!.restarts);
    // The last one never began.
    expect(phases).toEqual([3, 4, 1]);
  });

  it('that are at the same time are each told what happened in it', async () => {
    let restarts = 0;
    const phase = (name: string, startsAt: number, endsAt: number) => ({
      phase: { name, kind: 'steady' },
      startsAt,
      endsAt,
    });
    // In no order of time; of two at a time, and one after a gap, at whose end the run's is.
    const spans = [
      phase('late', 8_000, 9_000),
      phase('long', 1_000, 6_000),
      phase('short', 2_500, 4_500),
      phase('never', 9_500, 9_900),
    ];
    const stats = () => [{ ...figuresOf('mesh', restarts), restarts }];
    const { watch, send } = watchedRun('mesh', stats, 600, spans);
    for (const at of [500, 1_500, 2_500, 3_500, 4_500, 5_500, 6_500, 8_000, 9_000]) {
      await send(at);
      restarts++;
    }
    await watch.closing();
    const told = watch.phases(9_000).map(({ name, joins, observers: [mesh] }) => {
      return [name, joins, mesh!.restarts, mesh!.lag.max];
    });
    expect(told).toEqual([
      ['late', 1, 1, 7],
      ['long', 5, 5, 5],
      ['short', 2, 2, 4],
    ]);
  });
});

describe('a watch', () => {
  it('samples at even steps of virtual time, whatever comes when', async () => {
    let lag = 0;
    const { watch, virtual, send } = watchedRun('mesh', () => [figuresOf('mesh', lag++)]);
    await send(0, 'join', 'a');
    await send(100, 'join', 'b');
    await send(2_500, 'update', 'a');
    virtual.advanceTo(3_000);
    expect(watch.series).toMatchObject({
      at: [0, 1_000, 2_000, 3_000],
      online: [0, 2, 2, 2],
      updates: [0, 0, 0, 1],
      rssMiB: [1, 1, 1, 1],
      observers: [{ name: 'mesh', lag: [0, 1, 2, 3] }],
    });
    expect(watch.nextLookAt).toBe(4_000);
    await watch.closing();
    expect(watch.series.at).toHaveLength(4);
    expect(watch.commitLatency()).toMatchObject({ count: 1, p50: 0 });
    expect(watch.observerLatency('mesh')).toMatchObject({ count: 0, p50: null });
  });

  it('ends with what there was at the end, between two samples or at the very start', async () => {
    const between = watchedRun('mesh', () => [figuresOf('mesh')]);
    await between.send(0);
    await between.send(1_400);
    await between.watch.closing();
    expect(between.watch.series).toMatchObject({ at: [0, 1_000, 1_400], online: [0, 1, 2] });
    const instant = watchedRun('mesh', () => [figuresOf('mesh')]);
    await instant.send(0);
    await instant.watch.closing();
    expect(instant.watch.series).toMatchObject({ at: [0, 0], online: [0, 1] });
  });

  it('samples half as often whenever there are too many, of observers that came late too', () => {
    let samples = 0;
    // It is there from the fourth sample on, which is left out.
    const { watch, virtual } = watchedRun(
      'mesh',
      () => (++samples > 3 ? [figuresOf('mesh', samples)] : []),
      4,
    );
    virtual.advanceTo(4_000);
    expect(watch.series).toMatchObject({ at: [0, 2_000, 4_000], observers: [{ lag: [5] }] });
    expect(watch.nextLookAt).toBe(6_000);
    virtual.advanceTo(1_000_000);
    const { at, observers } = watch.series;
    expect(observers[0]!.memoryMiB).toHaveLength(at.length - 1);
    expect(observers[0]!.latencyMs).toHaveLength(at.length - 1);
    expect(at.length).toBeLessThanOrEqual(4);
    expect(at.length).toBeGreaterThan(2);
    expect(new Set(at.slice(1).map((time, sample) => time - at[sample]!)).size).toBe(1);
    // The first sample was taken before it came.
    expect(observers[0]!.lag).toHaveLength(at.length - 1);
  });
});

it('the memory of an observer is not known between two incarnations', () => {
  let isThere = true;
  const gone = { heapBytes: 0, externalBytes: 0 };
  const { watch, virtual } = watchedRun('mesh', () => [
    { ...figuresOf('mesh'), ...(isThere ? {} : gone) },
  ]);
  virtual.advanceTo(0);
  isThere = false;
  virtual.advanceTo(1_000);
  expect(watch.series.observers).toMatchObject([{ memoryMiB: [7.5, null] }]);
});

describe('names', () => {
  it.each(['constructor', '__proto__', 'toString', 'the log'])(
    'may be what objects have already: %s',
    (name) => {
      const others = [figuresOf(name, 3), figuresOf('one of the run’s own', 3)];
      const { watch, virtual } = watchedRun(name, () => others);
      virtual.advanceTo(1_000);
      expect(watch.series.observers).toEqual([
        {
          name,
          state: ['live', 'live'],
          lag: [3, 3],
          delivered: [0, 0],
          resyncs: [0, 0],
          restarts: [0, 0],
          memoryMiB: [7.5, 7.5],
          latencyMs: [null, null],
          metrics: [],
        },
      ]);
    },
  );
});
