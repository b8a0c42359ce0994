import { type GivenEvent, simulate, type SimulationOptions } from '@panoptes/sim';
import { profileOf } from '@panoptes/testkit';
import { expect, it } from 'vitest';

const source: readonly GivenEvent[] = [
  { at: 0, kind: 'join', peer: profileOf('aa') },
  { at: 500, kind: 'join', peer: profileOf('bb') },
  { at: 1_500, kind: 'leave', nodeId: 'aa' },
];
const calm = { phase: { name: 'calm', kind: 'steady' }, startsAt: 0, endsAt: 1_000 };
const rest = { phase: { name: 'rest', kind: 'churn' }, startsAt: 1_000, endsAt: Infinity };

const play = (more: Partial<SimulationOptions>) => simulate({ source, observers: [], ...more });

it('phases given to a simulation come back in its summary with what happened in each', async () => {
  const { phases } = await play({ phases: [calm, rest], untilMs: 2_000 });
  expect(phases).toEqual([
    {
      ...{ name: 'calm', kind: 'steady', startsAt: 0, endsAt: 1_000 },
      ...{ joins: 1, updates: 0, leaves: 0 },
      peers: { mean: 1.5, peak: 2, final: 2 },
    },
    {
      ...{ name: 'rest', kind: 'churn', startsAt: 1_000, endsAt: 1_500 },
      ...{ joins: 0, updates: 0, leaves: 1 },
      peers: { mean: 2, peak: 2, final: 1 },
    },
  ]);
});

it('a simulation without phases has none in its summary', async () => {
  expect(await play({})).not.toHaveProperty('phases');
});
