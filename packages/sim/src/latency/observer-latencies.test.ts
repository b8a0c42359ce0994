import type { EventBatch } from '@panoptes/core';
import { describe, expect, it } from 'vitest';
import { HandledTimes, mostBatchesKept } from './handled-times.js';
import type { TimeSpan } from '../time/time-span.js';
import { ObserverLatencies } from './observer-latencies.js';
import { handledQuery, timed } from './timed.js';

/** Phases one after the other: their segments are they. */
const inTurn = [0, 1, 2, 3].map((at) => ({ startsAt: at, endsAt: at + 1 }));

/** Latencies by a clock that is set by hand, and an observer that tells what it was told to. */
function scene(phases: readonly TimeSpan[] = inTurn) {
  const state = { now: 0, isDead: false };
  const times = new HandledTimes();
  const latencies = new ObserverLatencies(() => state.now * 1_000, phases);
  latencies.add({
    name: 'mesh',
    ask: () => (state.isDead ? Promise.reject(new Error('dead')) : Promise.resolve(times.take())),
  });
  return {
    state,
    latencies,
    commit: (seq: number, at: number, sent = { segment: 0, sample: 0 }) => {
      state.now = at;
      latencies.committed(seq, sent);
    },
    handle: (first: number, last: number, at: number) => times.note(first, last, at * 1_000),
    figures: async () => {
      await latencies.finish();
      return latencies.figures('mesh');
    },
  };
}

describe('the latency of an observer', () => {
  it('is from a commit to the end of the batch that held it', async () => {
    const { commit, handle, figures } = scene();
    commit(16, 100);
    commit(32, 104);
    commit(48, 110);
    handle(1, 32, 109);
    handle(33, 60, 130);
    const { count, p50, p99, max } = await figures();
    expect([count, p50, p99, max].map((value) => Math.round(value!))).toEqual([3, 9, 20, 20]);
  });

  it('is 0 where the observer was done before the sender learnt of the commit', async () => {
    const { commit, handle, figures } = scene();
    handle(1, 20, 50);
    commit(16, 100);
    expect(await figures()).toMatchObject({ count: 1, p50: 0, max: 0 });
  });

  it('is not measured of what a snapshot stood for, or a filter left out', async () => {
    const { commit, handle, figures } = scene();
    for (const seq of [10, 20, 30]) commit(seq, seq);
    handle(1, 12, 11);
    handle(25, 40, 33);
    const { count, max } = await figures();
    expect([count, Math.round(max!)]).toEqual([2, 3]);
  });

  it('is null as long as none was measured', async () => {
    const { commit, state, figures } = scene();
    commit(1, 1);
    state.isDead = true;
    expect(await figures()).toEqual({ count: 0, p50: null, p90: null, p99: null, max: null });
  });

  it('is told of each phase and each sample too, by when the command was sent', async () => {
    const { commit, handle, latencies, figures } = scene();
    commit(1, 0, { segment: 0, sample: 1 });
    commit(2, 0, { segment: 0, sample: 1 });
    commit(3, 0, { segment: 0, sample: 2 });
    commit(4, 0, { segment: 2, sample: 5 });
    for (const [seq, at] of [10, 20, 30, 700].entries()) handle(seq + 1, seq + 1, at);
    const whole = await figures();
    const phases = [0, 1, 2, 3].map((phase) => latencies.phaseFigures('mesh', phase));
    expect(phases.map(({ count }) => count)).toEqual([3, 0, 1, 0]);
    expect(phases.map(({ max }) => max && Math.round(max))).toEqual([30, null, 700, null]);
    expect(whole).toMatchObject({ count: 4, max: phases[2]!.max });
    const medians = [0, 1, 2, 3, 5, 6].map((sample) => latencies.sampleMedian('mesh', sample));
    expect(medians.map((ms) => ms && Math.round(ms))).toEqual([null, 10, 30, null, 700, null]);
    expect(latencies.phaseFigures('nobody', 0)).toMatchObject({ count: 0, p99: null });
    expect(latencies.sampleMedian('nobody', 1)).toBeNull();
  });

  it('is told of all phases that there are at a time, and of none between them', async () => {
    const [night, flood, outage, after] = [0, 1, 2, 3];
    const { commit, handle, latencies, figures } = scene([
      { startsAt: 0, endsAt: 60 },
      { startsAt: 10, endsAt: 30 },
      { startsAt: 20, endsAt: 40 },
      { startsAt: 80, endsAt: 90 },
    ]);
    // Its segments begin at 0, 10, 20, 30, 40, 60, 80 and 90.
    for (let segment = 0; segment < 8; segment++) {
      commit(segment + 1, 0, { segment, sample: 0 });
      handle(segment + 1, segment + 1, 10 ** segment);
    }
    expect(await figures()).toMatchObject({ count: 8 });
    const of = (phase: number) => {
      const { count, max } = latencies.phaseFigures('mesh', phase);
      return [count, Number(max!.toPrecision(2))];
    };
    expect(of(night)).toEqual([5, 1e4]);
    expect(of(flood)).toEqual([2, 100]);
    expect(of(outage)).toEqual([2, 1_000]);
    expect(of(after)).toEqual([1, 1e6]);
  });

  it('goes on after an incarnation that could not be asked', async () => {
    const { commit, handle, state, latencies, figures } = scene();
    commit(1, 0);
    state.isDead = true;
    latencies.look();
    await new Promise((resolve) => setImmediate(resolve));
    state.isDead = false;
    handle(1, 1, 7);
    const { count, max } = await figures();
    expect([count, Math.round(max!)]).toEqual([1, 7]);
  });

  it('counts from registration on, and each transaction once', async () => {
    const { latencies, commit, handle, figures } = scene();
    commit(5, 0);
    commit(5, 1);
    latencies.add({
      name: 'late',
      ask: () => Promise.resolve(new Float64Array([1, 9, 9_000])),
    });
    commit(8, 5);
    handle(1, 9, 9);
    const [mesh, late] = [await figures(), latencies.figures('late')];
    expect([mesh.count, Math.round(mesh.max!)]).toEqual([2, 9]);
    expect([late.count, Math.round(late.max!)]).toEqual([1, 4]);
  });

  it('is that of the last commits when an observer has told nothing for long', async () => {
    const { commit, handle, latencies, state, figures } = scene();
    state.isDead = true;
    for (let seq = 1; seq <= 70_000; seq++) commit(seq, 0);
    latencies.look();
    await new Promise((resolve) => setImmediate(resolve));
    state.isDead = false;
    handle(1, 70_000, 3);
    const { count, max } = await figures();
    expect([count, Math.round(max!)]).toEqual([65_536, 3]);
  });
});

describe('what an observer notes', () => {
  it('is told once, the oldest left out when it was too much', () => {
    const times = new HandledTimes();
    for (let seq = 1; seq <= mostBatchesKept + 2; seq++) times.note(seq, seq, 10 * seq);
    const taken = times.take();
    expect(taken.subarray(0, 3)).toEqual(new Float64Array([3, 3, 30]));
    expect(taken.subarray(-3)).toEqual(
      new Float64Array([mostBatchesKept + 2, mostBatchesKept + 2, 10 * (mostBatchesKept + 2)]),
    );
    expect(times.take()).toHaveLength(0);
  });

  it('is when its handler has settled, not when it was entered', async () => {
    let now = 1;
    let done!: () => void;
    const batch = { firstSeq: 4, lastSeq: 6 } as EventBatch;
    const own = { isAsync: true };
    const observer = timed(
      {
        name: 'slow',
        setup: () => own,
        onEvents: (_, { isAsync }: typeof own) =>
          isAsync ? new Promise<void>((resolve) => (done = resolve)) : undefined,
        digest: () => 'its own',
        queries: { size: () => 3 },
      },
      () => now,
    );
    const state: unknown = await observer.setup({} as never);
    const told = () => observer.queries![handledQuery]!(state) as Float64Array;
    const handled = observer.onEvents(batch, state, {} as never);
    now = 8;
    expect(told()).toHaveLength(0);
    done();
    await handled;
    expect(told()).toEqual(new Float64Array([4, 6, 8]));
    own.isAsync = false;
    expect(observer.onEvents(batch, state, {} as never)).toBeUndefined();
    expect(told()).toEqual(new Float64Array([4, 6, 8]));
    expect([observer.digest!(state), observer.queries!['size']!(state)]).toEqual(['its own', 3]);
    expect(observer).not.toHaveProperty('onProposal');
  });
});
