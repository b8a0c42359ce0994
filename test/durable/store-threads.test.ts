import { ReceivedRun } from '@panoptes/core/follower';
import { createRegistry } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import { Flush, ThreadStore } from '../fixtures/thread-store.mjs';
import { until } from '../fixtures/until.js';
import { peer } from '../voting/scene.js';

/** The transactions that a store has got, in order. */
const seqsIn = (store: ThreadStore): number[] =>
  store.runs.flatMap((bytes) => {
    const { firstSeq, transactions } = new ReceivedRun(bytes).head;
    return Array.from({ length: transactions }, (_, index) => firstSeq + index);
  });

describe('a registry whose store is on another thread', () => {
  it('has every transaction there once, in order, when it is closed', async () => {
    const store = new ThreadStore();
    const registry = await createRegistry({ store, logger: false, log: { logBytes: 2 ** 20 } });
    const peers = Array.from({ length: 20_000 }, (_, number) => ({
      ...peer(number % 3_000),
      trafficRouted: number,
    }));
    await registry.upsertMany(peers);
    const { lastSeq } = registry;
    await registry.close();
    expect(seqsIn(store)).toEqual(Array.from({ length: lastSeq }, (_, index) => index + 1));
    expect(registry.durableSeq).toBe(lastSeq);
  });

  it('tells outcomes with durability commit while that is slow, none before its time', async () => {
    const store = new ThreadStore();
    const registry = await createRegistry({ store, logger: false, durability: 'commit' });
    store.flush = Flush.slow;
    for (let number = 0; number < 10; number++) {
      const { seq } = await registry.upsert(peer(number));
      expect(registry.durableSeq).toBeGreaterThanOrEqual(seq);
    }
    const many = Array.from({ length: 500 }, (_, number) =>
      registry.upsert(peer(100 + number)).then(({ seq }) => registry.durableSeq! >= seq),
    );
    expect((await Promise.all(many)).every(Boolean)).toBe(true);
    await registry.close();
  });

  it.each([
    ['is full', Flush.full, 'STORE_FULL'],
    ['has died', Flush.dies, 'STORE_FAILED'],
    ['is stuck', Flush.stuck, 'STORE_STUCK'],
  ] as const)('stops when that %s, and acknowledges nothing', async (_, how, code) => {
    const store = new ThreadStore();
    const registry = await createRegistry({
      store,
      logger: false,
      durability: 'commit',
      storeTimeoutMs: 5_000,
    });
    await registry.upsert(peer(1));
    store.flush = how;
    const failure = { code: 'REGISTRY_FAILED', cause: { code } };
    await expect(registry.upsert(peer(2))).rejects.toMatchObject(failure);
    await expect(registry.durable(2)).rejects.toMatchObject(failure);
    store.flush = Flush.prompt;
    const end = registry.close();
    // What was stuck has got on meanwhile: it is all there.
    if (how === Flush.stuck) await end;
    else await expect(end).rejects.toMatchObject({ code });
  });

  it('goes on without it when it has died and that was asked for, even when the log was full', async () => {
    const store = new ThreadStore();
    const registry = await createRegistry({
      store,
      logger: false,
      onStoreFailure: 'continue',
      maxUnsyncedChanges: 50,
    });
    store.flush = Flush.stuck;
    const upserts = Array.from({ length: 200 }, (_, number) => registry.upsert(peer(number)));
    await until('it waits', () => registry.state === 'open.waitingForLog');
    store.flush = Flush.dies;
    await Promise.all(upserts);
    await expect(registry.durable()).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await registry.close();
  });
});
