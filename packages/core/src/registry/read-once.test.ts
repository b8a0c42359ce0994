import { describe, expect, it } from 'vitest';
import { createPeer, type PeerEntry } from '../peers/peer-entry.js';
import { fullPeer, peerNumbered } from '../peers/peer-entry.fixture.js';
import type { PeerPatch } from '../peers/peer-patch.js';
import type { BatchUpdate } from './batch-update.js';
import { OpenRegistry } from './open-registry.fixture.js';

/** Counts how often each property of an object, and of the objects in it, is read. */
function counted<T extends object>(object: T, reads = new Map<string, number>(), path = ''): T {
  return new Proxy(object, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof name === 'symbol') return value;
      const at = `${path}.${name}`;
      reads.set(at, (reads.get(at) ?? 0) + 1);
      return typeof value === 'object' && value !== null ? counted(value, reads, at) : value;
    },
  });
}

/** Another value each time that it is read, the last one for ever. */
function fickle<T extends object>(object: T, name: keyof T, values: readonly unknown[]): T {
  let reads = 0;
  const get = () => values[Math.min(reads++, values.length - 1)];
  return Object.defineProperty({ ...object }, name, { get, enumerable: true });
}

const identityOf = (entry: PeerEntry | undefined): string | undefined => entry?.peerId.publicKey;

describe('what a caller hands in', () => {
  it('is read once: an entry, also one whose peer is known, a patch and a batch', async () => {
    const registry = new OpenRegistry();
    for (const round of [1, 2, 3]) {
      const reads = new Map<string, number>();
      const entry = counted({ ...fullPeer(), trafficRouted: round }, reads);
      await registry.upsert(entry);
      await registry.updateOrInsert(entry, { trustScore: round / 10 });
      const twice = [...reads].filter(([, times]) => times !== 2);
      expect(twice).toEqual([]);
    }
    const reads = new Map<string, number>();
    const patch: PeerPatch = {
      connectionMetrics: { latencyMs: 7 },
      links: [{ nodeId: 'x', quality: 1, type: 'wifi' }],
    };
    await registry.update('peer-1', counted(patch, reads)).catch(() => undefined);
    const steps = counted([{ kind: 'update', nodeId: 'peer-2', patch }], reads, 'steps');
    await registry.commitBatch({ steps } as unknown as BatchUpdate).catch(() => undefined);
    expect([...reads].filter(([, times]) => times !== 1)).toEqual([]);
    expect(reads.size).toBeGreaterThan(15);
  });

  it('cannot turn into something else on a later read', async () => {
    const registry = new OpenRegistry();
    const { peerId } = peerNumbered(1);
    const odd = fickle(peerId, 'nodeId', ['peer-1', Symbol('odd'), 'peer-2', 7]);
    expect(await registry.upsert({ ...peerNumbered(1), peerId: odd })).toMatchObject({ seq: 1 });
    // Also when the tail is one that is known, which is compared before it is taken.
    for (const later of [Symbol('odd'), 'peer-2', undefined]) {
      for (const name of ['nodeId', 'did', 'publicKey'] as const) {
        const changing = fickle(peerId, name, [peerId[name], later]);
        const seq = registry.lastSeq;
        await registry.upsert({ ...peerNumbered(1), peerId: changing, trafficRouted: seq });
        expect(registry.peers.get('peer-1')).toMatchObject({ peerId, trafficRouted: seq });
      }
      const hop = fickle(peerNumbered(1, { nextHop: 'a' }), 'nextHop', ['a', later]);
      await registry.upsert(hop);
      expect(registry.peers.get('peer-1')!.nextHop).toBe('a');
    }
    expect(registry.peers.allPeers()).toHaveLength(1);
    expect(registry.state).toBe('open.idle');
  });

  it('may be bytes that lie about themselves', async () => {
    const registry = new OpenRegistry();
    const bytes = Uint8Array.of(1, 2, 3);
    class Liar extends Uint8Array {
      override get length(): number {
        return 2 ** 30;
      }
    }
    const tries: [unknown, string | undefined][] = [
      [Liar.from(bytes), '010203'],
      [Object.defineProperty(Uint8Array.from(bytes), 'length', { get: () => 9 }), '010203'],
      [new Proxy(bytes, {}), undefined],
      [new Proxy(bytes, { get: (_, name) => (name === 'length' ? 3 : 7) }), undefined],
      [new Uint16Array(3), undefined],
    ];
    for (const [publicKey, known] of tries) {
      const peer = { ...peerNumbered(1), peerId: { ...peerNumbered(1).peerId, publicKey } };
      const outcome = await registry.upsert(peer as PeerEntry).catch((error: unknown) => error);
      if (known === undefined) expect(outcome).toMatchObject({ field: 'peerId.publicKey' });
      expect(identityOf(registry.peers.get('peer-1'))).toBe(known);
      const find = () => registry.peers.findByPublicKey(publicKey as Uint8Array);
      if (known === undefined)
        expect(find).toThrow(expect.objectContaining({ code: 'PEER_INVALID' }));
      else expect(identityOf(find())).toBe(known);
      await registry.remove('peer-1');
    }
  });

  it('is copied: a key, a patch and a batch that change before their turn', async () => {
    const registry = new OpenRegistry();
    await registry.upsert(peerNumbered(1));
    const key = Buffer.from(peerNumbered(1).peerId.publicKey, 'hex');
    const links = [{ nodeId: 'x', quality: 1, type: 'wifi' }];
    const patch = { trustScore: 0.25, connectionMetrics: { latencyMs: 5 }, links };
    const updated = registry.updateByPublicKey(key, patch);
    key.fill(0);
    patch.trustScore = 0.75;
    patch.connectionMetrics.latencyMs = 6;
    links[0]!.nodeId = 'y';
    links.push(links[0]!);
    expect(await updated).toMatchObject({ change: 'updated' });
    expect(registry.peers.get('peer-1')).toMatchObject({
      trustScore: 0.25,
      connectionMetrics: { latencyMs: 5 },
      links: [{ nodeId: 'x' }],
    });
  });
});

describe('a getter of a caller’s', () => {
  /** A peer that runs something when one of its fields is read. */
  function running(number: number, name: 'tier' | 'nextHop' | 'firstSeen', task: () => void) {
    const peer = peerNumbered(number, { nextHop: `hop-${number}` });
    const value = peer[name];
    const get = () => {
      task();
      return value;
    };
    return Object.defineProperty({ ...peer }, name, { get, enumerable: true });
  }

  it.each(['tier', 'nextHop', 'firstSeen'] as const)(
    'may hand in other peers while %s is read: each gets its own entry',
    async (name) => {
      const registry = new OpenRegistry();
      const inner: Promise<unknown>[] = [];
      for (const round of [1, 2, 3]) {
        const others = [1, 2, 3, 4].map((number) =>
          peerNumbered(number, { nextHop: `hop-${number}`, trafficRouted: 10 * round + number }),
        );
        const outer = running(1, name, () => {
          createPeer({ peerId: peerNumbered(9).peerId });
          for (const peer of others.slice(1)) inner.push(registry.upsert(peer));
          inner.push(registry.upsert({ ...peerNumbered(8), tier: 'none' } as never).catch(() => 0));
        });
        await registry.upsert(Object.assign(outer, { trafficRouted: 10 * round + 1 }));
        await Promise.all(inner);
        expect(registry.peers.size).toBe(4);
        for (const peer of others) expect(registry.peers.get(peer.peerId.nodeId)).toEqual(peer);
        // What was learnt of them meanwhile is true as well.
        for (const peer of others) {
          expect(await registry.upsert(peer)).toMatchObject({ change: 'unchanged' });
        }
      }
      expect(registry.state).toBe('open.idle');
    },
  );

  it('may close the registry, which then refuses the entry', async () => {
    for (const act of ['close', 'breakDown'] as const) {
      const registry = new OpenRegistry();
      const before = registry.upsert(peerNumbered(2));
      let closing: unknown;
      const outer = running(1, 'tier', () => {
        closing = act === 'close' ? registry.close() : registry.breakDown(new Error('a bug'));
      });
      const code = act === 'close' ? 'REGISTRY_CLOSED' : 'REGISTRY_FAILED';
      await expect(registry.upsert(outer)).rejects.toMatchObject({ code });
      await before.catch(() => undefined);
      await closing;
      await expect(registry.upsert(peerNumbered(3))).rejects.toMatchObject({ code });
    }
  });

  it('may hand itself in, again and again, and is refused in the end', async () => {
    const registry = new OpenRegistry();
    const results: Promise<unknown>[] = [];
    const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;
    const outer = running(1, 'tier', () => {
      results.push(registry.upsert(outer).catch(codeOf));
    });
    results.push(registry.upsert(outer).catch(codeOf));
    const codes = new Set(await Promise.all(results));
    expect(codes.has('PEER_INVALID')).toBe(true);
    expect(results).toHaveLength(17);
    expect(await registry.upsert(peerNumbered(2))).toMatchObject({ change: 'added' });
  });
});
