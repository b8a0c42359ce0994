import { createPeer, type PeerEntry } from '@panoptes/core';
import { describe, expect, it } from 'vitest';
import { profileOf } from '../peers/peer-profile.js';
import { VirtualTime } from '../virtual-time.fixture.js';
import { changedPaths } from './peer-diff.js';

const peer = createPeer(
  { ...profileOf('p'), links: [{ nodeId: 'q', quality: 0.5, type: 'wifi' }] },
  new VirtualTime(1_000),
);
const place = { latitude: 1, longitude: 2 };

/** Copies with one thing changed, and the path of what was changed. */
const variants: [string, PeerEntry][] = [
  ['lastSeen', { ...peer, lastSeen: 2_000 }],
  ['tier', { ...peer, tier: peer.tier === 'tier1' ? 'tier2' : 'tier1' }],
  ['authenticated', { ...peer, authenticated: !peer.authenticated }],
  ['nextHop', { ...peer, nextHop: 'q' }],
  ['links', { ...peer, links: [{ nodeId: 'q', quality: 0.6, type: 'wifi' }] }],
  ['links', { ...peer, links: [] }],
  ['activeProtocols', { ...peer, activeProtocols: ['a', 'b'] }],
  ['peerId.publicKey', { ...peer, peerId: { ...peer.peerId, publicKey: 'ff' } }],
  ['capabilities.energyLevel', { ...peer, capabilities: { ...peer.capabilities, energyLevel: 0 } }],
  [
    'connectionMetrics.latencyMs',
    { ...peer, connectionMetrics: { ...peer.connectionMetrics, latencyMs: 999 } },
  ],
];

describe('the difference of two entries', () => {
  it.each(variants)('names %s', (path, changed) => {
    expect(changedPaths(peer, changed)).toEqual([path]);
    expect(changedPaths(changed, peer)).toEqual([path]);
  });

  it('is empty for a copy, whatever the order of its keys', () => {
    const copy = Object.fromEntries(Object.entries(structuredClone(peer)).reverse());
    const links = [{ type: 'wifi', quality: 0.5, nodeId: 'q' }];
    const reordered = { ...copy, links } as unknown as PeerEntry;
    expect(changedPaths(peer, reordered)).toEqual([]);
  });

  it('names an optional group that comes or goes, and those of its fields that are not 0', () => {
    const here = { ...peer, location: { latitude: 0, longitude: 2, region: 'x' } };
    const names = ['location', 'location.longitude', 'location.region'];
    expect(changedPaths(peer, here)).toEqual(names);
    expect(changedPaths(here, peer)).toEqual(names);
  });

  it('names fields of an optional group by themselves when the group stays', () => {
    const here = { ...peer, location: place };
    const there = { ...peer, location: { latitude: 1, longitude: 3, region: 'x' } };
    expect(changedPaths(here, there)).toEqual(['location.longitude', 'location.region']);
  });

  it('tells lists apart that only look alike', () => {
    const two = { ...peer, activeProtocols: ['a', 'b'] };
    const one = { ...peer, activeProtocols: ['a","b'] };
    expect(changedPaths(two, one)).toEqual(['activeProtocols']);
  });
});
