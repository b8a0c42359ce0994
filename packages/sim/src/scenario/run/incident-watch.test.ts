import { describe, expect, it } from 'vitest';
import type { ObserverFigures } from '../../driver/registry-port.js';
import { VirtualClock } from '../../time/virtual-clock.js';
import { IncidentWatch } from './incident-watch.js';

const mesh = (state: string, incarnation: number, ...ends: readonly number[]): ObserverFigures => ({
  name: 'mesh',
  state,
  delivered: 0,
  lag: 0,
  resyncs: 0,
  restarts: ends.length,
  incarnation,
  heapBytes: 0,
  externalBytes: 0,
  reasons: ends.map((incarnation) => ({
    incarnation,
    code: 'uncaught',
    message: `the end of incarnation ${incarnation}`,
  })),
});

describe('an incident', () => {
  it('has the fault before it, and when it was noticed and over', () => {
    const clock = new VirtualClock(0);
    const virtual = new VirtualClock(5_000_000);
    const watch = new IncidentWatch(clock, virtual);
    watch.look([mesh('live', 1)]);
    clock.advanceTo(1_000);
    watch.ordered({ fault: 'loop', observer: 'other', atMs: 150 });
    watch.ordered({ fault: 'throws-in-events', observer: 'mesh', atMs: 200 });
    clock.advanceTo(1_040);
    virtual.advanceTo(210);
    watch.look([mesh('backoff', 1, 1)]);
    // The look at a second incarnation that is not there yet, and one that ends as well.
    clock.advanceTo(1_060);
    virtual.advanceTo(300);
    watch.look([mesh('backoff', 2, 1, 2)]);
    expect(watch.incidents).toMatchObject([{ recoverMs: null }, { recoverMs: null }]);
    clock.advanceTo(1_100);
    watch.look([mesh('syncing', 3, 1, 2)]);
    clock.advanceTo(1_150);
    watch.look([mesh('live', 3, 1, 2)]);
    watch.look([mesh('live', 3, 1, 2)]);
    expect(watch.incidents).toEqual([
      {
        observer: 'mesh',
        incarnation: 1,
        code: 'uncaught',
        message: 'the end of incarnation 1',
        fault: 'throws-in-events',
        atMs: 210,
        detectMs: 40,
        recoverMs: 110,
      },
      {
        observer: 'mesh',
        incarnation: 2,
        code: 'uncaught',
        message: 'the end of incarnation 2',
        fault: null,
        atMs: 300,
        detectMs: null,
        recoverMs: 90,
      },
    ]);
  });

  it('is not over while the incarnation that ended is still said to be live', () => {
    const watch = new IncidentWatch(new VirtualClock(0), new VirtualClock(0));
    watch.look([mesh('live', 1, 1)]);
    expect(watch.incidents).toMatchObject([{ fault: null, detectMs: null, recoverMs: null }]);
  });
});
