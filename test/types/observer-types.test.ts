import type { EventBatch, PeerSnapshot, Watch, WatchEvent } from '@panoptes/core';
import {
  type KademliaOptions,
  type MeshOptions,
  type MetricsOf,
  type ObserverContext,
  type ObserverRegistration,
  type OptionsOf,
  type PeerRegistry,
  type QueriesOf,
  type ValidatorOptions,
  builtIn,
  createRegistry,
  defineObserver,
} from '@panoptes/workers';
import type kademlia from '@panoptes/workers/observers/kademlia';
import type mesh from '@panoptes/workers/observers/mesh';
import type validators from '@panoptes/workers/observers/validators';
import { describe, expect, expectTypeOf, it } from 'vitest';

/** Never called: what is in it is for the compiler. */
const typesOnly = (_: (registry: PeerRegistry) => unknown): void => undefined;

interface Counts {
  peers: number;
}

const counter = defineObserver({
  name: 'counter',
  setup: (ctx: ObserverContext<{ start: number }>): Counts => ({ peers: ctx.options.start }),
  onSnapshot(peers, state) {
    expectTypeOf(peers).toEqualTypeOf<PeerSnapshot>();
    expectTypeOf(state).toEqualTypeOf<Counts>();
  },
  onEvents(batch, state, ctx) {
    expectTypeOf(batch).toEqualTypeOf<EventBatch>();
    expectTypeOf(state).toEqualTypeOf<Counts>();
    expectTypeOf(ctx.options).toEqualTypeOf<{ start: number }>();
  },
  queries: {
    count: (state) => state.peers,
    plus: async (state, more: number) => Promise.resolve(state.peers + more),
    said(state, words: string[], loud?: boolean) {
      expectTypeOf(state).toEqualTypeOf<Counts>();
      return loud === true ? words : undefined;
    },
    stateless: () => 'text' as const,
  },
  metrics: {
    peers: { kind: 'gauge', unit: 'count', says: 'Peers.', read: (state) => state.peers },
    sizes: {
      kind: 'histogram',
      unit: 'count',
      says: 'Sizes.',
      bounds: [1, 2],
      read(state) {
        expectTypeOf(state).toEqualTypeOf<Counts>();
        return [state.peers];
      },
    },
  },
  digest: (state) => String(state.peers),
  teardown(state) {
    expectTypeOf(state).toEqualTypeOf<Counts>();
  },
});

describe('defineObserver', () => {
  it('infers the state of every handler from setup', () => {
    expectTypeOf<Parameters<NonNullable<(typeof counter)['digest']>>>().toEqualTypeOf<[Counts]>();
    expectTypeOf<OptionsOf<typeof counter>>().toEqualTypeOf<{ start: number }>();
    expectTypeOf<keyof QueriesOf<typeof counter>>().toEqualTypeOf<
      'count' | 'plus' | 'said' | 'stateless'
    >();
    expect(Object.keys(counter.queries ?? {})).toEqual(['count', 'plus', 'said', 'stateless']);
  });

  it('infers it in whatever order, and from a setup that takes its time', () => {
    const early = defineObserver({
      name: 'early',
      metrics: {
        size: { kind: 'gauge', unit: 'count', says: 'Size.', read: (state) => state.size },
      },
      queries: { size: (state) => state.size, has: (state, id: string) => state.has(id) },
      digest: (state) => [...state].join(),
      onEvents: (batch, state) => void state.add(String(batch.size)),
      setup: async () => Promise.resolve(new Set<string>()),
    });
    expectTypeOf<Parameters<typeof early.onEvents>[1]>().toEqualTypeOf<Set<string>>();
    expect(early.name).toBe('early');
    typesOnly((registry) => {
      const asked = registry.registerObserver<typeof early>({ module: '' }).then(({ query }) => {
        expectTypeOf(query.size()).toEqualTypeOf<Promise<number>>();
        return query.has('a');
      });
      expectTypeOf(asked).toEqualTypeOf<Promise<boolean>>();
    });
  });

  it('keeps the names of its figures, and asks for what each kind has', () => {
    expectTypeOf<MetricsOf<typeof counter>>().toEqualTypeOf<'peers' | 'sizes'>();
    typesOnly(async (registry) => {
      const own = await registry.registerObserver<typeof counter>({
        module: '',
        options: { start: 1 },
      });
      const { readings } = await own.metrics();
      expectTypeOf(readings[0]!.id).toEqualTypeOf<'peers' | 'sizes'>();
      const mesh = await registry.registerObserver({ module: builtIn('mesh') });
      const isLinks = mesh.metricFigures.map(({ id }) => id === 'links');
      // @ts-expect-error -- it has none of that name
      return [isLinks, mesh.metricFigures.map(({ id }) => id === 'linkz')];
    });
    defineObserver({
      name: 'wrong',
      setup: () => 1,
      onEvents: () => undefined,
      metrics: {
        // @ts-expect-error -- a text is no number
        text: { kind: 'gauge', unit: 'count', says: 'x', read: () => '1' },
        // @ts-expect-error -- without its bounds
        unbound: { kind: 'histogram', unit: 'count', says: 'x', read: () => [1] },
      },
    });
  });

  it('gives one without queries none', () => {
    const mute = defineObserver({ name: 'mute', setup: () => 1, onEvents: () => undefined });
    expect(mute.queries).toBeUndefined();
    typesOnly(async (registry) => {
      const { query } = await registry.registerObserver<typeof mute>({ module: '' });
      // @ts-expect-error -- there is nothing to ask
      return query.anything;
    });
  });
});

describe('a registration', () => {
  it('asks for the options that the observer’s setup takes', () => {
    typesOnly(async (registry) => {
      const module = new URL('file:///x.js');
      const { query } = await registry.registerObserver<typeof counter>({
        module,
        options: { start: 1 },
      });
      expectTypeOf(query.count).toEqualTypeOf<() => Promise<number>>();
      expectTypeOf(query.plus).toEqualTypeOf<(more: number) => Promise<number>>();
      expectTypeOf(query.stateless()).toEqualTypeOf<Promise<'text'>>();
      expectTypeOf(query.said).parameters.toEqualTypeOf<
        [words: string[], loud?: boolean | undefined]
      >();
      // @ts-expect-error -- `setup` reads them
      await registry.registerObserver<typeof counter>({ module });
      // @ts-expect-error -- of another type
      await registry.registerObserver<typeof counter>({ module, options: { start: '1' } });
      // @ts-expect-error -- there is no such option
      await registry.registerObserver<typeof counter>({ module, options: { start: 1, end: 2 } });
      // Of an observer that is not known anything goes, or nothing.
      await registry.registerObserver({ module, options: { any: 'thing' } });
      await registry.registerObserver({ module: module.href });
    });
    expectTypeOf<ObserverRegistration['options']>().toBeAny();
  });

  it('of a built-in observer knows its options and queries by its module alone', () => {
    typesOnly(async (registry) => {
      const { query } = await registry.registerObserver({
        module: builtIn('kademlia'),
        options: { k: 8 },
        role: 'critical',
      });
      expectTypeOf(query.size()).toEqualTypeOf<Promise<number>>();
      const paths = await registry.registerObserver({ module: builtIn('mesh') });
      expectTypeOf(paths.query.bestPath).parameters.toEqualTypeOf<[from: string, to: string]>();
      // @ts-expect-error -- an option that is another's
      await registry.registerObserver({ module: builtIn('kademlia'), options: { minTrust: 1 } });
      // @ts-expect-error -- a name that is none
      builtIn('kademila');
    });
    expectTypeOf<OptionsOf<typeof kademlia>>().toEqualTypeOf<KademliaOptions | undefined>();
    expectTypeOf<OptionsOf<typeof mesh>>().toEqualTypeOf<MeshOptions | undefined>();
    expectTypeOf<OptionsOf<typeof validators>>().toEqualTypeOf<ValidatorOptions | undefined>();
  });
});

describe('await using', () => {
  it('closes a registry at the end of its block', async () => {
    let kept: PeerRegistry;
    {
      await using registry = await createRegistry();
      kept = registry;
      expect(kept.state).not.toBe('closed');
    }
    expect(kept.state).toBe('closed');
  });

  it('ends a watch at the end of its block', async () => {
    await using registry = await createRegistry();
    let kept: Watch;
    {
      await using watch = registry.watch();
      expectTypeOf(watch.next()).resolves.toEqualTypeOf<IteratorResult<WatchEvent, undefined>>();
      kept = watch;
    }
    expect(await kept.next()).toEqual({ done: true, value: undefined });
  });
});
