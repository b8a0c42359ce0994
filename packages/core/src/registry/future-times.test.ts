import { describe, expect, it } from 'vitest';
import { PeerValidationError } from '../errors.js';
import { fullPeer, peerNumbered, withValueAt } from '../peers/peer-entry.fixture.js';
import type { PeerEntry } from '../peers/peer-entry.js';
import { BatchUpdate } from './batch-update.js';
import { ManualClock } from './manual-clock.fixture.js';
import { OpenRegistry } from './open-registry.fixture.js';

const start = 1_000_000_000;
const toleranceMs = 600_000;
const never = Number.MAX_VALUE;

const clamping = () => new OpenRegistry({}, new ManualClock(start));
const refusing = (maxFutureSecs = 600) =>
  new OpenRegistry({ peers: { futureTimes: 'refuse', maxFutureSecs } }, new ManualClock(start));

/** All moments of an entry. */
const moments = ['firstSeen', 'lastSeen', 'connectionMetrics.connectedAt', 'dhtInfo.lastContact'];
const told = (path: string, time: number): PeerEntry =>
  withValueAt(fullPeer(), path, time) as PeerEntry;

/** The ways in which a peer's times come, for a peer that is known. */
const ways: readonly [way: string, tell: (r: OpenRegistry, peer: PeerEntry) => Promise<unknown>][] =
  [
    ['upsert', (registry, peer) => registry.upsert(peer)],
    ['updateOrInsert', (registry, peer) => registry.updateOrInsert(peer, () => peer)],
    ['update by a function', (registry, peer) => registry.update(peer.peerId.nodeId, () => peer)],
    [
      'update by a patch',
      (registry, { peerId, connectionMetrics, dhtInfo, firstSeen, lastSeen }) =>
        registry.update(peerId.nodeId, { connectionMetrics, dhtInfo, firstSeen, lastSeen }),
    ],
    ['batch', (registry, peer) => registry.commitBatch(new BatchUpdate().upsert(peer))],
    ['upsertMany', (registry, peer) => registry.upsertMany([peer])],
  ];

describe.each(ways)('a time in the future, told by %s,', (way, tell) => {
  it.each(moments)('is the present in the end, and refused where it is to be: %s', async (path) => {
    for (const time of [start + toleranceMs + 1, Date.UTC(9999, 0, 1), never]) {
      const registry = clamping();
      await registry.upsert(fullPeer());
      await tell(registry, told(path, time));
      expect(registry.peers.get('peer-7')).toEqual(told(path, start));
      const strict = refusing();
      await strict.upsert(fullPeer());
      const outcome = await tell(strict, told(path, time)).catch((error: unknown) => error);
      expect(strict.peers.get('peer-7')).toEqual(fullPeer());
      const { cause = outcome, rejections = [] } = outcome as Record<string, unknown> & {
        rejections?: { error: unknown }[];
      };
      const refusal = way === 'upsertMany' ? rejections[0]!.error : cause;
      expect(refusal).toBeInstanceOf(PeerValidationError);
      expect((refusal as PeerValidationError).field).toBe(path);
      expect((refusal as PeerValidationError).message).toContain('maxFutureSecs');
    }
  });

  it('is taken as it is within the tolerance', async () => {
    for (const registry of [clamping(), refusing()]) {
      await registry.upsert(fullPeer());
      const peer = told('lastSeen', start + toleranceMs);
      await tell(registry, peer);
      expect(registry.peers.get('peer-7')).toEqual(peer);
    }
  });
});

describe('the bound of times', () => {
  it('keeps nobody alive who claims the year 9999', async () => {
    const registry = new OpenRegistry(
      { peers: { maxPeers: 10, peerTtlSecs: 3_600 } },
      new ManualClock(start),
    );
    const at = (number: number, lastSeen: number) => peerNumbered(number, { lastSeen });
    for (let liar = 0; liar < 9; liar++) await registry.upsert(at(liar, Date.UTC(9999, 0, 1)));
    for (let honest = 100; honest < 120; honest++) {
      registry.time.advance(1_000);
      await registry.upsert(at(honest, registry.time.now()));
    }
    const left = registry.peers.allPeers().map(({ peerId }) => peerId.nodeId);
    expect(left.sort()).toEqual(Array.from({ length: 10 }, (_, n) => `peer-${110 + n}`));
    await registry.upsert(at(0, never));
    registry.time.advance(3_601_000);
    expect(await registry.cleanupExpired()).toMatchObject({ removed: 10 });
  });

  it('goes by the clock as it is now, when it was set back too', async () => {
    const registry = refusing();
    const later = start + 10 * toleranceMs;
    registry.time.advance(later - start);
    await registry.upsert(told('lastSeen', later));
    registry.time.advance(start - later);
    expect(registry.time.now()).toBe(start);
    // What is known of it stays, and may be changed otherwise.
    await registry.updateTrust('peer-7', 0.1);
    await registry.update('peer-7', (entry) => ({ ...entry, tier: 'tier1' }));
    expect(registry.peers.get('peer-7')).toMatchObject({ lastSeen: later, tier: 'tier1' });
    await expect(registry.update('peer-7', { lastSeen: later - 1 })).rejects.toThrow('lastSeen');
    await expect(registry.upsert(peerNumbered(1, { lastSeen: later }))).rejects.toThrow('lastSeen');
  });

  it('may be none at all, or none but the present', async () => {
    const open = refusing(Number.MAX_VALUE);
    await open.upsert(told('lastSeen', never));
    expect(open.peers.get('peer-7')!.lastSeen).toBe(never);
    const strict = refusing(0);
    await strict.upsert(told('lastSeen', start));
    await expect(strict.upsert(told('lastSeen', start + 1))).rejects.toThrow('lastSeen');
  });

  it('is that of the call, however much later the turn comes', async () => {
    const registry = clamping();
    const promise = registry.upsert(told('lastSeen', never));
    registry.time.advance(5_000);
    await promise;
    expect(registry.peers.get('peer-7')!.lastSeen).toBe(start);
  });
});
