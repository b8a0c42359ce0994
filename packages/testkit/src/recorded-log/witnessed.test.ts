import { createPeer, type EventBatch, type PeerSnapshot, type RegistryEvent } from '@panoptes/core';
import { type AnyObserver, detachedRegistry } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import type { HistoryRecord } from '../checkers/history.js';
import { profileOf } from '../peers/peer-profile.js';
import { VirtualTime } from '../virtual-time.fixture.js';
import { markOf } from './seen-event.js';
import { witnessed } from './witnessed.js';

const peer = createPeer(profileOf('p'), new VirtualTime(0));
const ctx = {
  name: 'one',
  options: {},
  incarnation: 3,
  registry: detachedRegistry(),
  now: () => 0,
};
const added: RegistryEvent = { kind: 'PeerAdded', seq: 5, at: 0, nodeId: 'p', entry: peer };
const batch: EventBatch = {
  size: 1,
  firstSeq: 5,
  lastSeq: 5,
  changes: () => [added],
  [Symbol.iterator]: () => [added].values(),
};
const snapshot: PeerSnapshot = { seq: 4, at: 0, size: 1, [Symbol.iterator]: () => [peer].values() };

/** A sink that shows what has been flushed and when it was closed. */
class OpenSink {
  readonly #pending: string[] = [];
  readonly flushed: string[] = [];

  take(record: HistoryRecord): void {
    this.#pending.push('seq' in record ? `${record.kind} ${record.seq}` : record.kind);
  }

  flush(): void {
    this.flushed.push(...this.#pending.splice(0));
  }

  close(): void {
    this.flushed.push('closed');
  }
}

/** A witnessed observer, its state and what its sink holds. */
async function watch(
  handlers: Partial<AnyObserver>,
): Promise<{ observer: AnyObserver; state: unknown; flushed: readonly string[] }> {
  const sink = new OpenSink();
  const plain: AnyObserver = {
    name: 'plain',
    setup: () => 'its own state',
    onEvents: () => undefined,
    ...handlers,
  };
  const observer = witnessed(plain, () => sink);
  return { observer, state: await observer.setup(ctx), flushed: sink.flushed };
}

describe('a witnessed observer', () => {
  it('has recorded what it is shown before it is shown it', async () => {
    const before: string[] = [];
    const { observer, state, flushed } = await watch({
      onSnapshot: (_, own) => void before.push(`${String(own)}: ${flushed.join()}`),
      onEvents: (_, own) => void before.push(`${String(own)}: ${flushed.join()}`),
    });
    expect(flushed).toEqual(['start']);
    await observer.onSnapshot!(snapshot, state, ctx);
    await observer.onEvents(batch, state, ctx);
    const shown = 'start,snapshot 4,peer,snapshot-end';
    expect(before).toEqual([`its own state: ${shown}`, `its own state: ${shown},event 5`]);
  });

  it('has made progress once its handler has settled, and none when it failed', async () => {
    let settle!: () => void;
    const { observer, state, flushed } = await watch({
      onEvents: () => new Promise<void>((resolve) => (settle = resolve)),
      digest: () => 'x',
    });
    const handled = observer.onEvents(batch, state, ctx);
    await observer.digest!(state);
    expect(flushed).toEqual(['start', 'event 5', 'digest']);
    settle();
    await handled;
    await observer.digest!(state);
    expect(flushed.slice(3)).toEqual(['progress 5', 'digest']);

    const failing = await watch({
      onEvents: () => Promise.reject(new Error('no')),
      digest: () => 'x',
    });
    await expect(failing.observer.onEvents(batch, failing.state, ctx)).rejects.toThrow('no');
    await failing.observer.digest!(failing.state);
    expect(failing.flushed).toEqual(['start', 'event 5', 'digest']);
  });

  it('notes a digest that is a promise when it is there', async () => {
    const { observer, state, flushed } = await watch({ digest: () => Promise.resolve('x') });
    const answer = observer.digest!(state);
    expect(flushed).toEqual(['start']);
    expect(await answer).toBe('x');
    expect(flushed).toEqual(['start', 'digest']);
  });

  it('answers, votes, chooses and is torn down as the other would', async () => {
    const calls: unknown[] = [];
    const note =
      (name: string) =>
      (...args: unknown[]): string => {
        calls.push([name, ...args.map((arg) => (arg === ctx ? 'ctx' : arg))]);
        return name;
      };
    const { observer, state, flushed } = await watch({
      subscribe: { tiers: ['tier1'] },
      onProposal: note('vote') as never,
      onAborted: note('aborted') as never,
      queries: { size: (own: unknown, more: unknown) => note('size')(own, more) },
      teardown: note('teardown') as never,
    });
    expect(observer.subscribe).toEqual({ tiers: ['tier1'] });
    expect(observer.onProposal!('proposal' as never, state, ctx)).toBe('vote');
    expect(observer.onAborted!([1], state, ctx)).toBe('aborted');
    expect(observer.queries!['size']!(state, 7)).toBe('size');
    await observer.teardown!(state);
    expect(calls).toEqual([
      ['vote', 'proposal', 'its own state', 'ctx'],
      ['aborted', [1], 'its own state', 'ctx'],
      ['size', 'its own state', 7],
      ['teardown', 'its own state'],
    ]);
    expect(flushed).toEqual(['start', 'end', 'closed']);
  });

  it('has nothing that the other has not', async () => {
    const { observer, state, flushed } = await watch({});
    for (const absent of ['onProposal', 'onAborted', 'digest', 'subscribe']) {
      expect(observer).not.toHaveProperty(absent);
    }
    expect(observer.queries).toEqual({});
    await observer.onSnapshot!(snapshot, state, ctx);
    expect(flushed).toEqual(['start', 'snapshot 4', 'peer', 'snapshot-end']);
  });
});

describe('the mark of an entry', () => {
  it('differs when any field does, and has the traits that peers are chosen by', () => {
    expect(markOf(peer)).toMatchObject({
      tier: peer.tier,
      discoveryMethod: peer.discoveryMethod,
      authenticated: peer.authenticated,
      quantumSecure: peer.quantumSecure,
    });
    expect(markOf({ ...peer })).toEqual(markOf(peer));
    expect(markOf({ ...peer, trafficRouted: 1 }).stamp).not.toBe(markOf(peer).stamp);
  });
});
