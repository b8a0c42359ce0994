import { accept } from '@panoptes/workers';
import type { AnyObserver } from '@panoptes/workers/observer';
import { describe, expect, it } from 'vitest';
import { wrapObserver } from './wrap-observer.js';

const ctx = { name: 'inner' } as never;

/** An observer with everything that one can have, which notes how it is called. */
function wholeObserver(): { readonly inner: Required<AnyObserver>; readonly calls: unknown[][] } {
  const calls: unknown[][] = [];
  const noting =
    <T>(part: string, answer: T) =>
    (...args: unknown[]): T => {
      calls.push([part, ...args]);
      return answer;
    };
  const inner: Required<AnyObserver> = {
    name: 'inner',
    subscribe: { tiers: ['tier1'] },
    setup: noting('setup', 'its state'),
    onSnapshot: noting('onSnapshot', undefined),
    onEvents: noting('onEvents', undefined),
    onProposal: noting('onProposal', accept()),
    onAborted: noting('onAborted', undefined),
    queries: { size: noting('size', 3) },
    metrics: {
      size: { kind: 'gauge', unit: 'count', says: 'How many.', read: noting('read', 5) },
    },
    digest: noting('digest', 'abc'),
    teardown: noting('teardown', undefined),
  };
  return { inner, calls };
}

describe('a wrapped observer', () => {
  it('passes every part of a definition on, with the state that is its own', async () => {
    const { inner, calls } = wholeObserver();
    const wrapped = wrapObserver(inner, { setup: () => 'of the hooks' }) as Required<AnyObserver>;
    // The whole observer names every part there is, or it would not compile.
    expect(Object.keys(wrapped).sort()).toEqual(Object.keys(inner).sort());
    expect([wrapped.name, wrapped.subscribe]).toEqual(['inner', { tiers: ['tier1'] }]);
    const state: unknown = await wrapped.setup(ctx);
    void wrapped.onSnapshot('peers' as never, state, ctx);
    void wrapped.onEvents('batch' as never, state, ctx);
    expect(wrapped.onProposal('proposal' as never, state, ctx)).toEqual(accept());
    void wrapped.onAborted([1], state, ctx);
    expect(wrapped.queries['size']!(state, 7, 8)).toBe(3);
    const { read, ...words } = wrapped.metrics['size']!;
    expect(words).toEqual({ kind: 'gauge', unit: 'count', says: 'How many.' });
    expect(read(state)).toBe(5);
    expect(wrapped.digest(state)).toBe('abc');
    void wrapped.teardown(state);
    expect(calls).toEqual([
      ['setup', ctx],
      ['onSnapshot', 'peers', 'its state', ctx],
      ['onEvents', 'batch', 'its state', ctx],
      ['onProposal', 'proposal', 'its state', ctx],
      ['onAborted', [1], 'its state', ctx],
      ['size', 'its state', 7, 8],
      ['read', 'its state'],
      ['digest', 'its state'],
      ['teardown', 'its state'],
    ]);
  });

  it('has nothing that the observer has not', () => {
    const { name, setup, onEvents } = wholeObserver().inner;
    const wrapped = wrapObserver({ name, setup, onEvents }, { setup: () => 0 });
    for (const absent of ['subscribe', 'onProposal', 'onAborted', 'digest']) {
      expect(wrapped).not.toHaveProperty(absent);
    }
    expect(wrapped.queries).toEqual({});
  });

  it('does around each part what its hook does, with what the hooks made', async () => {
    const { inner, calls } = wholeObserver();
    const wrapped = wrapObserver<string[]>(inner, {
      setup: () => ['set up'],
      onSnapshot: (own, handle) => (own.push('snapshot'), handle()),
      onEvents: (own) => void own.push('events, unheard'),
      query: (own, answer) => (own.push('query'), [answer()]),
      digest: (own, answer) => (own.push('digest'), `${answer() as string}!`),
      queries: { own: (own, more: string) => [...own, more] },
      teardown: (own, handle) => (own.push('teardown'), handle()),
    }) as Required<AnyObserver>;
    const state: unknown = await wrapped.setup(ctx);
    void wrapped.onSnapshot('peers' as never, state, ctx);
    void wrapped.onEvents('batch' as never, state, ctx);
    expect(wrapped.queries['size']!(state)).toEqual([3]);
    expect(wrapped.digest(state)).toBe('abc!');
    void wrapped.teardown(state);
    expect(wrapped.queries['own']!(state, 'asked')).toEqual([
      ...['set up', 'snapshot', 'events, unheard', 'query', 'digest', 'teardown', 'asked'],
    ]);
    expect(calls.map(([part]) => part)).not.toContain('onEvents');
  });
});
