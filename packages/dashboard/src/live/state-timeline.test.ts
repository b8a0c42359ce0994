import type { ObserverState, ObserverStats } from '@panoptes/core';
import { describe, expect, it } from 'vitest';
import { StateTimeline } from './state-timeline.js';

const seen = (name: string, state: ObserverState, incarnation = 1): ObserverStats =>
  ({ name, state, incarnation }) as ObserverStats;

describe('the timeline of an observer', () => {
  it('has each change of its state, when it was first seen', () => {
    const timeline = new StateTimeline();
    timeline.note([seen('a', 'live')], 1);
    timeline.note([seen('a', 'live')], 2);
    timeline.note([seen('a', 'backoff'), seen('__proto__', 'live')], 3);
    timeline.note([seen('a', 'live', 2), seen('__proto__', 'live')], 4);
    expect(timeline.of('a')).toEqual([
      { at: 1, state: 'live', incarnation: 1 },
      { at: 3, state: 'backoff', incarnation: 1 },
      { at: 4, state: 'live', incarnation: 2 },
    ]);
    expect(timeline.of('__proto__')).toHaveLength(1);
    expect(timeline.of('nobody')).toEqual([]);
  });

  it('has the last 64, and is gone with the observer', () => {
    const timeline = new StateTimeline();
    for (let at = 1; at <= 1_000; at++) timeline.note([seen('a', 'live', at)], at);
    expect(timeline.of('a')).toHaveLength(64);
    expect(timeline.of('a').at(-1)).toEqual({ at: 1_000, state: 'live', incarnation: 1_000 });
    timeline.note([], 1_001);
    expect(timeline.of('a')).toEqual([]);
  });
});
