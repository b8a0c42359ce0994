import { createPeer } from '@panoptes/core';
import { profileOf } from '@panoptes/testkit';
import { describe, expect, it } from 'vitest';
import { phaseSpans } from '../scenario/churn/phase-spans.js';
import { ChurnTally } from './churn-tally.js';

const join = (at: number, nodeId: string) =>
  ({ at, kind: 'join', peer: createPeer(profileOf(nodeId)) }) as const;
const leave = (at: number, nodeId: string) => ({ at, kind: 'leave', nodeId }) as const;

describe('the peers that are online', () => {
  it('have a mean weighted by time over the whole span, its ends included', () => {
    const tally = new ChurnTally();
    for (const event of [join(10, 'a'), join(20, 'b'), leave(30, 'a'), join(30, 'a')]) {
      tally.count(event);
    }
    tally.count(leave(40, 'b'));
    // 0 for 10, 1 for 10, 2 for 20, 1 for the remaining 60.
    expect(tally.peers(100)).toEqual({
      initial: 0,
      peak: 2,
      mean: 1.1,
      final: 1,
      distinct: 2,
    });
  });

  it('of a snapshot are its final number', () => {
    const tally = new ChurnTally();
    tally.count(join(0, 'a'));
    tally.count(join(0, 'b'));
    expect(tally.peers(0)).toEqual({ initial: 2, peak: 2, mean: 2, final: 2, distinct: 2 });
  });

  it('do not change by an update or an unknown leave', () => {
    const tally = new ChurnTally();
    tally.count(join(0, 'a'));
    tally.count({ ...join(0, 'a'), kind: 'update' });
    tally.count(leave(0, 'b'));
    expect(tally.peers(0)).toMatchObject({ peak: 1, final: 1 });
  });
});

describe('the figures of phases', () => {
  const spans = phaseSpans([
    { kind: 'steady', name: 'one', duration: 1_000 },
    { kind: 'steady', name: 'two', duration: 2_000 },
  ]);

  it('are counted from the start of a phase to just before its end, means weighted by time', () => {
    const tally = new ChurnTally(spans);
    for (const event of [join(0, 'a'), join(500, 'b'), join(1_000, 'c'), leave(2_000, 'a')]) {
      tally.count(event);
    }
    expect(tally.phases(3_000)).toMatchObject([
      { name: 'one', joins: 1, leaves: 0, peers: { mean: 1.5, peak: 2, final: 2 } },
      { name: 'two', joins: 1, leaves: 1, peers: { mean: 2.5, peak: 3, final: 2 } },
    ]);
  });

  it('add up to those of the run, but for the peers that were there at its start', () => {
    const tally = new ChurnTally(spans);
    const events = [
      join(0, 'a'),
      join(0, 'b'),
      join(900, 'c'),
      leave(1_000, 'a'),
      join(2_500, 'a'),
    ];
    for (const event of events) tally.count(event);
    expect(tally.events).toEqual({ joins: 4, updates: 0, leaves: 1 });
    expect(tally.churn).toEqual({ joins: 2, updates: 0, leaves: 1 });
    const phases = tally.phases(3_000);
    expect(phases.reduce((sum, { joins }) => sum + joins, 0)).toBe(2);
    const { mean, peak } = tally.peers(3_000);
    expect(3 * mean).toBeCloseTo(phases[0]!.peers.mean + 2 * phases[1]!.peers.mean);
    expect(peak).toBe(Math.max(...phases.map(({ peers }) => peers.peak)));
  });

  it('end where the run ended, and leave out phases that never began', () => {
    const tally = new ChurnTally(spans);
    tally.count(join(0, 'a'));
    expect(tally.phases(400)).toMatchObject([{ name: 'one', endsAt: 400, peers: { mean: 1 } }]);
  });

  it('are those of one phase where the length of the run is not known', () => {
    const tally = new ChurnTally();
    for (const event of [join(0, 'a'), join(500, 'b'), leave(10 ** 9, 'a')]) tally.count(event);
    expect(tally.phases(2 * 10 ** 9)).toMatchObject([
      {
        startsAt: 0,
        endsAt: 2 * 10 ** 9,
        joins: 1,
        leaves: 1,
        peers: { mean: 1.5, peak: 2, final: 1 },
      },
    ]);
  });
});
