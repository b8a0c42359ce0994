import { createPeer } from '@panoptes/core';
import { describe, expect, it } from 'vitest';
import { profileOf } from '../churn/peer-profile.js';
import { Population } from './population.js';

const join = (at: number, nodeId: string) =>
  ({ at, kind: 'join', peer: createPeer(profileOf(nodeId)) }) as const;
const leave = (at: number, nodeId: string) => ({ at, kind: 'leave', nodeId }) as const;

describe('the population', () => {
  it('has a mean weighted by time over the whole span, its ends included', () => {
    const population = new Population();
    for (const event of [join(10, 'a'), join(20, 'b'), leave(30, 'a'), join(30, 'a')]) {
      population.count(event);
    }
    population.count(leave(40, 'b'));
    // 0 for 10, 1 for 10, 2 for 20, 1 for the remaining 60.
    expect(population.figures(100)).toEqual({
      initial: 0,
      peak: 2,
      mean: 1.1,
      final: 1,
      distinct: 2,
    });
  });

  it('of a snapshot is its final number', () => {
    const population = new Population();
    population.count(join(0, 'a'));
    population.count(join(0, 'b'));
    expect(population.figures(0)).toEqual({ initial: 2, peak: 2, mean: 2, final: 2, distinct: 2 });
  });

  it('does not count an update or an unknown leave', () => {
    const population = new Population();
    population.count(join(0, 'a'));
    population.count({ ...join(0, 'a'), kind: 'update' });
    population.count(leave(0, 'b'));
    expect(population.figures(0)).toMatchObject({ peak: 1, final: 1 });
  });
});
