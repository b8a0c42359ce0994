import type { Proposal } from '@panoptes/core';
import { accept, defineObserver, veto } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import { victimOf } from './victim.js';

const context = { name: 'victim', incarnation: 1, options: undefined } as never;

const voter = defineObserver({
  name: 'voter',
  subscribe: { tiers: ['tier1'] },
  setup: () => ({ aborted: [] as number[] }),
  onEvents: () => undefined,
  onProposal: ({ id }) => (id === 1 ? accept() : veto('no')),
  onAborted: (ids, { aborted }) => void aborted.push(...ids),
});

describe('a victim', () => {
  it('votes and chooses as the observer does that it is', async () => {
    const victim = victimOf(voter, []);
    expect(victim.subscribe).toEqual(voter.subscribe);
    const state = (await victim.setup(context)) as { inner: { aborted: number[] } };
    const vote = (id: number): unknown => victim.onProposal!({ id } as Proposal, state, context);
    expect([vote(1), vote(2)]).toEqual([accept(), veto('no')]);
    await victim.onAborted!([3, 4], state, context);
    expect(state.inner.aborted).toEqual([3, 4]);
  });

  it('has no vote where the observer has none', () => {
    const deaf = defineObserver({ name: 'deaf', setup: () => 0, onEvents: () => undefined });
    const victim = victimOf(deaf, []);
    expect(victim).not.toHaveProperty('onProposal');
    expect(victim).not.toHaveProperty('subscribe');
  });
});
