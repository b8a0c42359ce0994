import { describe, expect, it } from 'vitest';
import {
  IdentityConflictError,
  PeerValidationError,
  RegistryClosedError,
  RegistryOverloadedError,
} from '../errors.js';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import type { PeerEntry } from '../peers/peer-entry.js';
import { OpenRegistry } from './open-registry.fixture.js';

const numbered = (count: number): PeerEntry[] =>
  Array.from({ length: count }, (_, number) => peerNumbered(number));

describe('upsertMany', () => {
  it('commits each peer as a transaction of its own, in order, as upsert would', async () => {
    const [many, single] = [new OpenRegistry(), new OpenRegistry()];
    const peers = [...numbered(9_000), peerNumbered(3), peerNumbered(3, { tier: 'tier1' })];
    expect(await many.upsertMany(peers)).toEqual({
      added: 9_000,
      updated: 1,
      unchanged: 1,
      rejected: 0,
      rejections: [],
      seq: 9_001,
    });
    for (const peer of peers) await single.upsert(peer);
    expect(many.newEvents()).toEqual(single.newEvents());
    expect(many.digest()).toBe(single.digest());
  });

  it('takes peers from an async iterable, and a copy of each when it is taken', async () => {
    const registry = new OpenRegistry();
    const changing = { ...peerNumbered(1) };
    async function* peers(): AsyncGenerator<PeerEntry> {
      for (const trafficRouted of [1, 2, 3]) {
        changing.trafficRouted = trafficRouted;
        yield changing;
        await Promise.resolve();
      }
    }
    expect(await registry.upsertMany(peers())).toMatchObject({ added: 1, updated: 2, seq: 3 });
    expect(registry.newEvents().map((event) => event.kind)).toHaveLength(3);
  });

  it('says which were refused and why, and goes on with the others', async () => {
    const registry = new OpenRegistry();
    const peers = numbered(5);
    const bad = { ...peerNumbered(7), trafficRouted: -1 };
    const stolen = peerNumbered(8, {}, { publicKey: peers[0]!.peerId.publicKey });
    const result = await registry.upsertMany([...peers, bad, stolen, peerNumbered(9)]);
    expect(result).toMatchObject({ added: 6, rejected: 2, seq: 6 });
    const byIndex = [...result.rejections].sort((a, b) => a.index - b.index);
    expect(byIndex.map(({ index }) => index)).toEqual([5, 6]);
    expect(byIndex[0]!.error).toBeInstanceOf(PeerValidationError);
    expect(byIndex[1]!.error).toBeInstanceOf(IdentityConflictError);
    expect(registry.counters.rejected).toBe(2);
  });

  it('keeps a bounded number of reasons', async () => {
    const registry = new OpenRegistry();
    const bad = new Array(500).fill({}) as PeerEntry[];
    const { rejected, rejections } = await registry.upsertMany(bad);
    expect([rejected, rejections.length]).toEqual([500, 100]);
  });

  it('waits for room instead of being refused, also when others fill the queue', async () => {
    const registry = new OpenRegistry({ commands: { maxWaiting: 8 } });
    const others: Promise<unknown>[] = [];
    let refused = 0;
    const countRefusal = (error: unknown): void => {
      expect(error).toBeInstanceOf(RegistryOverloadedError);
      refused++;
    };
    function* peers(): Generator<PeerEntry> {
      for (let number = 0; number < 100; number++) {
        if (number % 10 === 9) {
          others.push(registry.remove(`nobody-${number}`).catch(countRefusal));
        }
        yield peerNumbered(number);
      }
    }
    expect(await registry.upsertMany(peers())).toMatchObject({ added: 100, rejected: 0 });
    await Promise.all(others);
    expect(refused).toBeGreaterThan(0);
  });

  it('throws what the iteration throws, when those before are committed', async () => {
    const registry = new OpenRegistry();
    function* peers(): Generator<PeerEntry> {
      yield* numbered(3);
      throw new Error('the file ends here');
    }
    await expect(registry.upsertMany(peers())).rejects.toThrow('the file ends here');
    expect(registry.lastSeq).toBe(3);
  });

  it.each([
    ['hangs', () => new Promise<never>(() => undefined)],
    ['goes on', () => Promise.resolve({ done: false, value: peerNumbered(2) } as const)],
    ['fails', () => Promise.reject(new Error('no more'))],
  ])('ends a feed that %s when the registry closes, and says why', async (_, next) => {
    const registry = new OpenRegistry();
    let left = 0;
    let taken = 0;
    const feed: AsyncIterableIterator<PeerEntry> = {
      next: async () => {
        if (taken++ === 0) return { done: false, value: peerNumbered(1) };
        void registry.close();
        return next();
      },
      return: () => {
        left++;
        return new Promise(() => undefined);
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
    await expect(registry.upsertMany(feed)).rejects.toBeInstanceOf(RegistryClosedError);
    expect([taken, left, registry.lastSeq]).toEqual([2, 1, 1]);
  });

  it('takes nothing for a registry that is closed, or that fails meanwhile', async () => {
    const registry = new OpenRegistry();
    let taken = 0;
    let isOver = false;
    function* endless(): Generator<PeerEntry> {
      try {
        for (;;) yield peerNumbered(taken++);
      } finally {
        isOver = true;
      }
    }
    const upserting = registry.upsertMany(endless());
    setImmediate(() => registry.breakDown(new TypeError('a bug')));
    await expect(upserting).rejects.toMatchObject({ code: 'REGISTRY_FAILED' });
    expect(isOver).toBe(true);
    taken = 0;
    await expect(registry.upsertMany(endless())).rejects.toMatchObject({ code: 'REGISTRY_FAILED' });
    expect(taken).toBe(0);
  });

  it.each([
    ['entries that are refused', () => ({}) as PeerEntry],
    ['entries that change nothing', () => peerNumbered(1)],
  ])('lets timers have their turns between %s', async (_, entry) => {
    const registry = new OpenRegistry();
    let isTime = false;
    function* peers(): Generator<PeerEntry> {
      while (!isTime) yield entry();
    }
    async function* feed(): AsyncGenerator<PeerEntry> {
      await Promise.resolve();
      yield* peers();
    }
    for (const taken of [peers(), feed()]) {
      isTime = false;
      setTimeout(() => (isTime = true), 5);
      await registry.upsertMany(taken);
    }
    await registry.close();
  });
});
