import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { EntryDiff, diffEntries } from './entry-diff.js';
import { tiers } from './fields.js';
import type { PeerEntry } from './peer-entry.js';
import { anyPeer, asRead, encoded, peerNumbered } from './peer-entry.fixture.js';
import { PeerModel } from './peer-model.fixture.js';
import { PeerQueries } from './peer-queries.js';
import { entryStamp } from './entry-stamp.js';
import { peersDigest, withPeer } from './peers-sum.js';
import { putPeer } from './peer-table.fixture.js';
import { PeerTable } from './peer-table.js';
import { SlotRecords } from './slot-records.js';

const identities = 12;
const long = (text: string) => text.repeat(200);
const keyOf = (identity: number): string => {
  const hex = (identity + 16).toString(16);
  return identity % 3 === 0 ? long(hex) : hex;
};

const anyStep = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      node: fc.nat(identities - 1),
      identity: fc.nat(identities - 1),
      entry: anyPeer,
      lastSeen: fc.nat(6),
    }),
  },
  { weight: 1, arbitrary: fc.record({ gone: fc.nat(identities - 1) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      seen: fc.nat(identities - 1),
      lastSeen: fc.nat(6),
      trustScore: fc.constantFrom(0, 0.25, 1),
      trafficRouted: fc.nat(),
    }),
  },
);

/** Runs a random script on a table and on the model. */
function run(steps: readonly (typeof anyStep extends fc.Arbitrary<infer S> ? S : never)[]) {
  const table = new PeerTable();
  const model = new PeerModel();
  for (const step of steps) {
    if ('gone' in step) {
      const nodeId = `node-${step.gone}`;
      const slot = table.identities.withNodeId(nodeId);
      expect(slot !== undefined).toBe(model.get(nodeId) !== undefined);
      if (slot !== undefined) table.remove(slot);
      model.remove(nodeId);
      continue;
    }
    if ('seen' in step) {
      const { seen, ...numbers } = step;
      const known = model.get(`node-${seen}`);
      if (known === undefined) continue;
      const entry = { ...known, ...numbers };
      putPeer(table, entry);
      model.put(entry);
      continue;
    }
    const { node, identity, lastSeen } = step;
    const peerId = { nodeId: `node-${node}`, publicKey: keyOf(identity), did: `did:${identity}` };
    const owner = model.find((peer) => peer.peerId.did === peerId.did);
    if (owner !== undefined && owner.peerId.nodeId !== peerId.nodeId) continue;
    const entry: PeerEntry = asRead({ ...step.entry, peerId, lastSeen });
    putPeer(table, entry);
    model.put(entry);
  }
  return { table, model };
}

const byNodeId = (entries: readonly PeerEntry[]): PeerEntry[] =>
  [...entries].sort((a, b) => (a.peerId.nodeId < b.peerId.nodeId ? -1 : 1));

describe('the peer table', () => {
  it('agrees with a plain map on every look-up, query and count after any script', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
        const { table, model } = run(steps);
        const peers = new PeerQueries(table);
        const matching = (wanted: (entry: PeerEntry) => boolean) =>
          byNodeId(model.all().filter(wanted));

        expect(peers.size).toBe(model.size);
        expect(byNodeId(peers.allPeers())).toEqual(matching(() => true));
        for (let at = 0; at < identities; at++) {
          expect(peers.get(`node-${at}`)).toEqual(model.get(`node-${at}`));
          expect(peers.findByNodeId(`node-${at}`)).toEqual(model.get(`node-${at}`));
          expect(peers.has(`node-${at}`)).toBe(model.get(`node-${at}`) !== undefined);
          const owner = model.find((peer) => peer.peerId.did === `did:${at}`);
          expect(peers.findByDid(`did:${at}`)).toEqual(owner);
          expect(peers.findByPublicKey(keyOf(at).toUpperCase())).toEqual(owner);
          expect(peers.findByPublicKey(Buffer.from(keyOf(at), 'hex'))).toEqual(owner);
        }
        for (const tier of tiers) {
          expect(byNodeId(peers.peersByTier(tier))).toEqual(matching((peer) => peer.tier === tier));
          expect(peers.stats().byTier[tier]).toBe(matching((peer) => peer.tier === tier).length);
        }
        const authenticated = matching((peer) => peer.authenticated);
        const dht = matching((peer) => peer.dhtInfo !== undefined);
        expect(byNodeId(peers.authenticatedPeers())).toEqual(authenticated);
        expect(byNodeId(peers.dhtPeers())).toEqual(dht);
        expect(peers.stats()).toMatchObject({
          total: model.size,
          authenticated: authenticated.length,
          dht: dht.length,
        });
        const nodeIds = (entries: readonly PeerEntry[]) =>
          entries.map(({ peerId }) => peerId.nodeId).sort();
        expect(nodeIds(peers.findClosestDhtPeers('node-0', identities))).toEqual(nodeIds(dht));
        expect(nodeIds(peers.findClosestPeers('node-0', identities))).toEqual(nodeIds(model.all()));
        for (const method of ['bootstrap', 'dht', 'blockchain'] as const) {
          expect(byNodeId(peers.peersByDiscovery(method))).toEqual(
            matching((peer) => peer.discoveryMethod === method),
          );
        }
        const protocol = model.all()[0]?.activeProtocols[0] ?? 'none';
        expect(byNodeId(peers.peersWithProtocol(protocol))).toEqual(
          matching((peer) => peer.activeProtocols.includes(protocol)),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('agrees with a sorted list on who has expired and who is evicted first', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), fc.nat(7), (steps, before) => {
        const { table, model } = run(steps);
        const named = (slots: Iterable<number>) =>
          Array.from(slots, (slot) => table.nodeIdAt(slot));
        expect(named(table.expired(before))).toEqual(model.expired(before));
        expect(named(table.evictionOrder(before))).toEqual(model.evictionOrder(before));
      }),
      { numRuns: 100 },
    );
  });

  it('finds the first to be evicted without looking at more than the heads of its orders', () => {
    const table = new PeerTable();
    for (let number = 0; number < 400; number++) {
      const tier = tiers[number % tiers.length]!;
      // Some come out of order, and wait in heaps.
      putPeer(table, peerNumbered(number, { tier, lastSeen: (number * 7) % 400 }));
    }
    const looks = vi.spyOn(SlotRecords.prototype, 'lastSeen');
    const [first] = table.evictionOrder(-1);
    expect(table.entryAt(first!).tier).toBe(tiers.at(-1));
    expect(looks.mock.calls.length).toBeLessThan(40);
    looks.mockRestore();
  });

  it('has a digest that depends on the peers it holds, not on how they came', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 30 }), (steps) => {
        const { table, model } = run(steps);
        const rebuilt = new PeerTable();
        for (const entry of model.all().reverse()) putPeer(rebuilt, entry);
        expect(rebuilt.digest()).toBe(table.digest());
        const sum = model.all().map(entryStamp).reduce(withPeer, 0);
        expect(table.digest()).toBe(peersDigest(sum));
        const [one] = model.all();
        if (one === undefined) return;
        putPeer(rebuilt, { ...one, trafficRouted: one.trafficRouted === 0 ? 1 : 0 });
        expect(rebuilt.digest()).not.toBe(table.digest());
      }),
      { numRuns: 60 },
    );
  });

  it('knows how many bytes its entries take, and which slots hold one', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
        const { table, model } = run(steps);
        const bytes = model.all().reduce((sum, entry) => sum + encoded(entry).bytes.length, 0);
        expect(table.entryBytes).toBe(bytes);
        const used = Array.from({ length: table.slotCount }, (_, slot) => table.isUsed(slot));
        expect(used.filter(Boolean)).toHaveLength(model.size);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a slot of the peer table', () => {
  it('stays the peer’s as long as it is there, and is used again when it is gone', () => {
    const table = new PeerTable();
    for (let number = 0; number < 200; number++) putPeer(table, peerNumbered(number));
    const slot = table.identities.withNodeId('peer-77')!;
    putPeer(table, peerNumbered(77, { nextHop: 'x'.repeat(256) }));
    expect(table.identities.withNodeId('peer-77')).toBe(slot);
    table.remove(slot);
    putPeer(table, peerNumbered(500));
    expect(table.identities.withNodeId('peer-500')).toBe(slot);
    expect(table.slotCount).toBe(200);
  });

  it('is announced before it changes, while it still holds what it held', () => {
    const table = new PeerTable();
    const heard: (string | undefined)[] = [];
    table.beforeChange = (slot) =>
      heard.push(table.isUsed(slot) ? table.entryAt(slot).tier : undefined);
    putPeer(table, peerNumbered(1, { tier: 'tier1' }));
    putPeer(table, peerNumbered(1, { tier: 'tier2' }));
    table.remove(0);
    putPeer(table, peerNumbered(2));
    expect(heard).toEqual([undefined, 'tier1', 'tier2', undefined]);
  });
});

describe('a changed identity', () => {
  it('leaves nothing of the old one behind', () => {
    const table = new PeerTable();
    const peers = new PeerQueries(table);
    for (const [publicKey, did] of [
      ['aa', 'did:1'],
      [long('bb'), 'did:2'],
      ['cc', 'did:1'],
    ] as const) {
      putPeer(table, peerNumbered(1, {}, { publicKey, did }));
      const others = ['aa', long('bb'), 'cc'].filter((key) => key !== publicKey);
      expect(peers.findByPublicKey(publicKey)!.peerId.did).toBe(did);
      for (const key of others) expect(peers.findByPublicKey(key)).toBeUndefined();
      expect(peers.findByDid(did === 'did:1' ? 'did:2' : 'did:1')).toBeUndefined();
    }
    const { memory, base } = encoded(peerNumbered(2, {}, { publicKey: 'aa', did: 'did:2' }));
    const hashes = table.identities.hashesOf(memory, base);
    expect(table.identities.withKeyOf(memory, base, hashes)).toBeUndefined();
    const diff = new EntryDiff();
    diffEntries(table.memoryOf(0), table.baseOf(0), memory, base, diff);
    expect(diff.isEmpty).toBe(false);
  });
});
