import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Subscription } from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, describe, expect, it } from 'vitest';
import { peerNumbered } from '../../packages/core/src/peers/peer-entry.fixture.js';
import { until } from '../fixtures/until.js';

const module = new URL('../fixtures/shard.observer.mjs', import.meta.url);
const quick = { observers: { restart: { minBackoffMs: 1, maxBackoffMs: 10 } } };

/** What an object of a caller's is turned into after it was handed over. */
function spoil(object: object): void {
  for (const key of Object.keys(object)) Object.assign(object, { [key]: () => 'no data' });
}

describe('what a caller does to an object after handing it over', () => {
  let registry: PeerRegistry;
  afterEach(() => registry.close());

  it.each(['thread', 'inline'] as const)(
    'changes no incarnation of an observer: %s',
    async (host) => {
      registry = await createRegistry(quick);
      const options = { shard: 0, nested: { list: [1] } };
      const registration = { module: new URL(module), name: 'shard', options, host };
      const registering = registry.registerObserver(registration);
      options.nested.list.push(2);
      options.shard = 1;
      registration.module.pathname = '/nowhere.mjs';
      registration.name = 'another';
      const shard = await registering;
      const isFirstShard = async () =>
        expect(await shard.query['options']!()).toEqual({ shard: 0, nested: { list: [1] } });
      await isFirstShard();
      spoil(options);
      spoil(registration);
      await shard.query['change']!();
      await registry.upsert(peerNumbered(666));
      await registry.remove('peer-666');
      await until('it is back', () => shard.stats().incarnation === 2 && shard.state === 'live');
      expect(await shard.query['incarnation']!()).toBe(2);
      await isFirstShard();
    },
  );

  it('changes no question that was asked before', async () => {
    registry = await createRegistry();
    for (const host of ['thread', 'inline'] as const) {
      const shard = await registry.registerObserver({ module, name: host, options: {}, host });
      const argument = { list: [1] };
      const answer = shard.query['echo']!(argument);
      argument.list.push(2);
      spoil(argument);
      expect(await answer).toEqual([{ list: [1] }]);
    }
  });

  it('changes no limit of the registry', async () => {
    const options = {
      peers: { maxPeers: 2, didMethods: ['zhtp'], rateLimits: { globalPerSecond: 1_000 } },
      commands: { maxBatchChanges: 1 },
    };
    const opening = createRegistry(options);
    options.peers.didMethods.push('other');
    Object.assign(options.peers, { maxPeers: 1_000 });
    Object.assign(options.peers.rateLimits, { globalPerSecond: 0.001 });
    spoil(options);
    registry = await opening;
    for (const number of [1, 2, 3]) await registry.upsert(peerNumbered(number));
    expect(registry.peers.size).toBe(2);
    const other = peerNumbered(4, {}, { did: 'did:other:0123456789abcdef' });
    await expect(registry.upsert(other)).rejects.toMatchObject({ code: 'DID_INVALID' });
  });

  it('changes nothing of what a watch yields', async () => {
    registry = await createRegistry();
    const kinds: NonNullable<Subscription['kinds']>[number][] = ['PeerRemoved'];
    const options = { kinds };
    const watch = registry.watch(options);
    kinds.push('PeerAdded');
    spoil(options);
    await registry.upsert(peerNumbered(1));
    await registry.remove('peer-1');
    expect((await watch.next()).value).toMatchObject({ kind: 'PeerRemoved', seq: 2 });
    await watch.return!();
    await nextTurn();
  });
});
