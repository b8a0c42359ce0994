import { describe, expect, it } from 'vitest';
import { RegistryClosedError } from '../errors.js';
import { peerNumbered, withValueAt } from '../peers/peer-entry.fixture.js';
import type { PeerEntry } from '../peers/peer-entry.js';
import { BatchUpdate } from './batch-update.js';
import { ScriptedVoter } from '../voting/scripted-voter.fixture.js';
import { OpenRegistry } from './open-registry.fixture.js';
import { Registry } from './registry.js';

/** How a promise ended. */
const ending = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error as { code: string }).code,
  );

describe('a command', () => {
  it('has the entry as it was passed in, whatever its caller does to it afterwards', async () => {
    const registry = new OpenRegistry();
    const peer = peerNumbered(1, { links: [{ nodeId: 'a', type: 'x' }] });
    const before = structuredClone(peer);
    const results = [
      registry.upsert(peer),
      registry.commitBatch(new BatchUpdate().upsert(peerNumbered(2))),
    ];
    (peer.links as unknown[]).length = 0;
    Object.assign(peer.peerId, { nodeId: 'changed', did: 'changed' });
    Object.assign(peer, { tier: 'tier1' });
    await Promise.all(results);
    expect(registry.peers.get('peer-1')).toEqual(before);
    expect(registry.newEvents()[0]).toMatchObject({ entry: before });
  });

  it('is refused when its entry cannot be read', async () => {
    const registry = new OpenRegistry();
    await registry.upsert(peerNumbered(1));
    const before = registry.fingerprint();
    for (const number of [1, 2]) {
      const peer = peerNumbered(number, { trustScore: 0.123 });
      const unreadable = Object.defineProperty({ ...peer }, 'tier', {
        get: () => {
          throw new Error('not today');
        },
      });
      expect(await ending(registry.upsert(unreadable))).toBe('PEER_INVALID');
    }
    expect(registry.fingerprint()).toEqual(before);
  });

  it('resolves once it is committed and in the log', async () => {
    const registry = new OpenRegistry();
    for (let number = 1; number <= 20; number++) {
      await expect(registry.upsert(peerNumbered(number))).resolves.toEqual({
        seq: number,
        change: 'added',
      });
      expect(registry.newEvents()).toMatchObject([{ kind: 'PeerAdded', seq: number }]);
    }
    await expect(registry.upsert(peerNumbered(7))).resolves.toEqual({
      seq: 20,
      change: 'unchanged',
    });
    await expect(registry.remove('nobody')).resolves.toEqual({ seq: 20, change: 'unchanged' });
    expect(registry.newEvents()).toEqual([]);
  });

  it('W8 gives the entry that a peer had before as the old one, for concurrent callers too', async () => {
    const registry = new OpenRegistry();
    await registry.upsert(peerNumbered(1, { dataTransferred: 0 }));
    const add = (entry: PeerEntry) => ({ ...entry, dataTransferred: entry.dataTransferred + 1 });
    const callers = Array.from({ length: 10 }, async () => {
      for (let round = 0; round < 20; round++) await registry.update('peer-1', add);
    });
    await Promise.all(callers);
    expect(registry.peers.get('peer-1')!.dataTransferred).toBe(200);
    let previous = 0;
    for (const event of registry.newEvents().slice(1)) {
      if (event.kind !== 'PeerUpdated') throw new Error(event.kind);
      expect(event.old.dataTransferred).toBe(previous++);
      expect(event.entry.dataTransferred).toBe(previous);
      expect(event.changed).toEqual(['dataTransferred']);
    }
    expect(previous).toBe(200);
  });

  it('updates or inserts, by whether the peer is known when its turn comes', async () => {
    const registry = new OpenRegistry();
    const results = await Promise.all([
      registry.updateOrInsert(peerNumbered(1), { tier: 'tier1' }),
      registry.updateOrInsert(peerNumbered(1), { tier: 'tier2' }),
      registry.updateOrInsert(peerNumbered(1), () => undefined),
    ]);
    expect(results.map(({ change }) => change)).toEqual(['added', 'updated', 'unchanged']);
    expect(registry.peers.get('peer-1')!.tier).toBe('tier2');
  });

  it('sets trust within 0 to 1 and some metrics of many', async () => {
    const registry = new OpenRegistry();
    await registry.upsert(peerNumbered(1, { connectionMetrics: { connectedAt: 1, latencyMs: 5 } }));
    for (const [given, kept] of [
      [7, 1],
      [-7, 0],
      [0.25, 0.25],
    ] as const) {
      await registry.updateTrust('peer-1', given);
      expect(registry.peers.get('peer-1')!.trustScore).toBe(kept);
    }
    for (const bad of [NaN, null, undefined, '0.5', 1n]) {
      const refused = registry.updateTrust('peer-1', bad as number);
      await expect(refused, String(bad)).rejects.toMatchObject({
        field: 'trustScore',
        message: `peer field 'trustScore': expected a number, of which what is below 0 or above 1 is taken as 0 or 1, got ${typeof bad === 'string' ? `'${bad}'` : typeof bad === 'bigint' ? `${bad}n` : String(bad)}`,
      });
    }
    const { rejected } = registry.counters;
    for (const none of [undefined, null]) {
      const refused = registry.updateMetrics('peer-1', none as unknown as object);
      await expect(refused).rejects.toMatchObject({
        field: 'connectionMetrics',
        message: `peer field 'connectionMetrics': expected an object with some fields, got ${none}`,
      });
    }
    expect(registry.counters.rejected).toBe(rejected + 2);
    expect(registry.peers.get('peer-1')!.trustScore).toBe(0.25);
    await registry.touch('peer-1', 5);
    expect(registry.peers.get('peer-1')!.lastSeen).toBe(5);
    await registry.touch('peer-1');
    expect(registry.peers.get('peer-1')!.lastSeen).toBe(registry.time.now());
    await registry.updateMetrics('peer-1', { latencyMs: 9 });
    expect(registry.peers.get('peer-1')!.connectionMetrics).toMatchObject({
      connectedAt: 1,
      latencyMs: 9,
    });
  });

  it('that is refused changes nothing, counts as rejected, and says why', async () => {
    const registry = new OpenRegistry({ peers: { didMethods: ['zhtp'] } });
    await registry.upsert(peerNumbered(1));
    await registry.upsert(peerNumbered(2));
    const before = registry.fingerprint();
    const refused: readonly [() => Promise<unknown>, string][] = [
      [
        () => registry.upsert(withValueAt(peerNumbered(3), 'trustScore', 2) as PeerEntry),
        'PEER_INVALID',
      ],
      [() => registry.upsert(null as unknown as PeerEntry), 'PEER_INVALID'],
      [() => registry.upsert(peerNumbered(3, {}, { did: 'did:x:1' })), 'DID_INVALID'],
      [() => registry.upsert(peerNumbered(1, {}, { publicKey: 'ff' })), 'IDENTITY_CONFLICT'],
      [
        () => registry.upsert(peerNumbered(3, {}, { publicKey: '0000000000000001' })),
        'IDENTITY_CONFLICT',
      ],
      [
        () =>
          registry.upsert(peerNumbered(1, {}, { did: peerNumbered(2).peerId.did }), {
            allowIdentityChange: true,
          }),
        'IDENTITY_CONFLICT',
      ],
      [() => registry.update('nobody', { tier: 'tier1' }), 'PEER_NOT_FOUND'],
      [() => registry.updateByDid('did:zhtp:0', { tier: 'tier1' }), 'PEER_NOT_FOUND'],
      [() => registry.updateByPublicKey('0000000000000001ff', { tier: 'tier1' }), 'PEER_NOT_FOUND'],
      [() => registry.updateByPublicKey('0000000000000001zz', { tier: 'tier1' }), 'PEER_NOT_FOUND'],
      [() => registry.update('peer-1', () => 5 as unknown as PeerEntry), 'PEER_INVALID'],
      [() => registry.remove(undefined as unknown as string), 'PEER_INVALID'],
    ];
    for (const [call, code] of refused) await expect(call()).rejects.toMatchObject({ code });
    expect(registry.fingerprint()).toEqual(before);
    expect(registry.counters).toMatchObject({ rejected: refused.length, committed: 2, added: 2 });
  });

  it('whose function returns what throws when it is read is refused, and the registry goes on', async () => {
    const registry = new OpenRegistry();
    await registry.upsert(peerNumbered(1));
    const trap = () => ({
      get peerId(): never {
        throw new TypeError('trapped');
      },
    });
    await expect(registry.update('peer-1', trap as never)).rejects.toMatchObject({
      code: 'PEER_UPDATE_FAILED',
    });
    await expect(registry.upsert(peerNumbered(2))).resolves.toMatchObject({ change: 'added' });
  });
});

describe('expiry', () => {
  it('removes in transactions no larger than maxBatchChanges, longest ago first', async () => {
    const registry = new OpenRegistry({
      peers: { peerTtlSecs: 1 },
      commands: { maxBatchChanges: 4 },
    });
    const now = registry.time.now();
    for (let number = 0; number < 11; number++) {
      await registry.upsert(peerNumbered(number, { lastSeen: now - 5_000 + ((number * 7) % 11) }));
    }
    await registry.upsert(peerNumbered(99, { lastSeen: now }));
    registry.newEvents();
    await expect(registry.cleanupExpired()).resolves.toEqual({ removed: 11, seq: 15 });
    const events = registry.newEvents();
    expect(
      events.map((event) => (event.kind === 'BatchUpdate' ? event.removed.length : 1)),
    ).toEqual([4, 4, 3]);
    const removed = events.flatMap((event) => (event.kind === 'BatchUpdate' ? event.removed : []));
    expect(removed.map(({ reason }) => reason)).toEqual(new Array(11).fill('expired'));
    expect(removed.map(({ entry }) => entry.lastSeen)).toEqual(
      removed.map((_, at) => now - 5_000 + at),
    );
    expect(registry.peers.size).toBe(1);
    await expect(registry.cleanupExpired()).resolves.toEqual({ removed: 0, seq: 15 });
  });

  it('removes all of them though the log could not take them at once', async () => {
    const registry = new OpenRegistry({ peers: { peerTtlSecs: 1 }, log: { logBytes: 2 ** 20 } });
    const now = registry.time.now();
    const count = 400;
    for (let number = 0; number < count; number++) {
      const publicKey = number.toString(16).padStart(2 * 2592, '0');
      await registry.upsert(peerNumbered(number, { lastSeen: now - 5_000 }, { publicKey }));
    }
    await expect(registry.cleanupExpired()).resolves.toMatchObject({ removed: count });
    expect(registry.peers.size).toBe(0);
  });

  it('spares whoever was seen exactly at the limit', async () => {
    const registry = new OpenRegistry({ peers: { peerTtlSecs: 1 } });
    const now = registry.time.now();
    await registry.upsert(peerNumbered(1, { lastSeen: now - 1_000 }));
    await registry.upsert(peerNumbered(2, { lastSeen: now - 1_001 }));
    await registry.cleanupExpired();
    expect(registry.peers.allPeers().map(({ peerId }) => peerId.nodeId)).toEqual(['peer-1']);
  });
});

describe('rate limits', () => {
  it('are off unless configured, and then count each attempt', async () => {
    const registry = new OpenRegistry({ peers: { rateLimits: { perPeerPerMinute: 2 } } });
    const conflict = peerNumbered(1, {}, { did: 'did:x:1' });
    expect(await ending(registry.upsert(conflict))).toBe('DID_INVALID');
    expect(await ending(registry.upsert(peerNumbered(1)))).toBe('resolved');
    await expect(registry.remove('peer-1')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: 30_000,
    });
    expect(await ending(registry.upsert(peerNumbered(2)))).toBe('resolved');
    expect(await ending(registry.cleanupExpired())).toBe('resolved');
    registry.time.advance(30_000);
    expect(await ending(registry.remove('peer-1'))).toBe('resolved');
  });

  it.each([-3_600_000, 3_600_000])('do not care for a date that is set by %i ms', async (byMs) => {
    const rateLimits = { perPeerPerMinute: 2, globalPerSecond: 100 };
    const registry = new OpenRegistry({ peers: { rateLimits } });
    const voted = new OpenRegistry({ peers: { rateLimits } });
    new ScriptedVoter(voted.voters, { name: 'v' }).comes();
    for (const one of [registry, voted]) {
      await one.upsert(peerNumbered(1));
      one.time.setDate(byMs);
      expect(await ending(one.updateTrust('peer-1', 0.1))).toBe('resolved');
      await expect(one.updateTrust('peer-1', 0.2)).rejects.toMatchObject({ retryAfterMs: 30_000 });
      one.time.advance(30_000);
      expect(await ending(one.updateTrust('peer-1', 0.2))).toBe('resolved');
    }
  });
});

describe('closing', () => {
  it('drains what waits, then refuses, and may be called again', async () => {
    const registry = new OpenRegistry();
    expect(registry.state).toBe('open.idle');
    const waiting = Array.from({ length: 50 }, (_, number) =>
      ending(registry.upsert(peerNumbered(number))),
    );
    const closing = [registry.close(), registry.close()];
    const late = ending(registry.upsert(peerNumbered(99)));
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['resolved']));
    await Promise.all(closing);
    expect(await late).toBe('REGISTRY_CLOSED');
    expect(registry.state).toBe('closed');
    expect(registry.newEvents()).toHaveLength(50);
    await registry.close();
    await expect(registry.remove('peer-1')).rejects.toBeInstanceOf(RegistryClosedError);
    await expect(registry.cleanupExpired()).rejects.toBeInstanceOf(RegistryClosedError);
    expect(registry.peers.size).toBe(50);
  });

  it('ends an empty registry too', async () => {
    const registry = new Registry();
    await registry.close();
    expect(registry.state).toBe('closed');
  });
});
