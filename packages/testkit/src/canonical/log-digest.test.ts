import { createPeer, type PeerEntry, type RegistryEvent } from '@panoptes/core';
import { describe, expect, it } from 'vitest';
import { profileOf } from '../peers/peer-profile.js';
import { VirtualTime } from '../virtual-time.fixture.js';
import { LogDigest } from './log-digest.js';

const peer = createPeer(
  { ...profileOf('p'), links: [{ nodeId: 'q', quality: 0.5, type: 'wifi' }] },
  new VirtualTime(1_000),
);
const other: PeerEntry = { ...peer, lastSeen: 2_000 };
const place = { latitude: 1, longitude: 2 };

const added = { kind: 'PeerAdded', seq: 1, at: 1, nodeId: 'p', entry: peer } as const;
const removed = { ...added, kind: 'PeerRemoved', reason: 'requested' } as const;
const updated = { ...added, kind: 'PeerUpdated', old: other, changed: ['lastSeen'] } as const;
const batch = {
  kind: 'BatchUpdate',
  seq: 1,
  at: 1,
  added: [added],
  updated: [],
  removed: [],
} as const;

function digestOf(...events: RegistryEvent[]): string {
  const log = new LogDigest();
  for (const event of events) log.add(event);
  return log.text;
}

describe('the digest of a log', () => {
  it('differs when anything of an event does', () => {
    const events: RegistryEvent[] = [
      added,
      { ...added, seq: 2 },
      { ...added, nodeId: 'q', entry: { ...peer, peerId: { ...peer.peerId, nodeId: 'q' } } },
      { ...added, entry: other },
      removed,
      { ...removed, reason: 'evicted' },
      { ...removed, reason: 'expired' },
      updated,
      { ...updated, nodeId: 'q' },
      { ...updated, old: { ...peer, lastSeen: 3_000 } },
      { ...updated, entry: { ...peer, lastSeen: 3_000 } },
      { ...updated, changed: ['firstSeen'] },
      { ...updated, changed: ['lastSeen', 'firstSeen'] },
      { ...updated, changed: [] },
      { ...updated, changed: ['no such field' as 'tier'] },
      { ...updated, old: { ...peer, tier: 'tier4' }, changed: ['tier'] },
      { ...updated, old: { ...peer, links: [] }, changed: ['links'] },
      { ...updated, old: { ...peer, nextHop: 'q' }, changed: ['nextHop'] },
      { ...updated, old: { ...peer, nextHop: 'r' }, changed: ['nextHop'] },
      { ...updated, old: { ...peer, location: place }, changed: ['location'] },
      { ...updated, entry: { ...peer, location: place }, changed: ['location'] },
      { ...batch, changes: [added] },
      { ...batch, changes: [added, added] },
    ];
    expect(new Set(events.map((event) => digestOf(event))).size).toBe(events.length);
  });

  it('is the same however the changed fields are listed', () => {
    const moved = { ...updated, old: { ...peer, location: place, tier: 'tier4' } } as const;
    const one = digestOf({ ...moved, changed: ['tier', 'location', 'lastSeen'] });
    const longer = ['lastSeen', 'location.latitude', 'location', 'tier'] as const;
    expect(digestOf({ ...moved, changed: longer })).toBe(one);
  });

  it('is of the events in their order, at any time', () => {
    const log = new LogDigest();
    for (const [at, event] of [added, updated, removed].entries()) {
      log.add(event);
      expect(log.text).toBe(digestOf(...[added, updated, removed].slice(0, at + 1)));
    }
    expect(digestOf(updated, added, removed)).not.toBe(log.text);
  });

  it('tells long texts apart, and where one ends and the next begins', () => {
    const hop = (nextHop: string, nodeId = 'p'): string =>
      digestOf({ ...updated, nodeId, old: { ...peer, nextHop }, changed: ['nextHop'] });
    const texts = ['x', 'y'].flatMap((end) =>
      [1, 63, 1_365, 1_366, 5_000].map((length) => hop('é'.repeat(length) + end)),
    );
    texts.push(hop('b', 'a'), hop('', 'ab'), hop('ab', ''));
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('is of every event of a long log', () => {
    const log = (changedAt: number): string => {
      const events = Array.from({ length: 2_000 }, (_, at) => ({
        ...updated,
        seq: at + 1,
        entry: { ...peer, lastSeen: at === changedAt ? 7 : 5 },
      }));
      return digestOf(...events);
    };
    const logs = [-1, 0, 800, 1_999].map(log);
    expect(new Set(logs).size).toBe(logs.length);
    expect(log(800)).toBe(logs[2]);
  });
});
