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

  it('waits for room instead of being refused, also when others fill the waiting room', async () => {
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

  it('settles when the registry closes meanwhile', async () => {
    const registry = new OpenRegistry();
    async function* peers(): AsyncGenerator<PeerEntry> {
      yield peerNumbered(1);
      await registry.close();
      yield peerNumbered(2);
    }
    const { added, rejections } = await registry.upsertMany(peers());
    expect(added).toBe(1);
    expect(rejections[0]!.error).toBeInstanceOf(RegistryClosedError);
  });
});
