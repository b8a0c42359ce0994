import { createPeer, type PeerEntry, tiers } from '@panoptes/core';
import { createRegistry } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import { profileOf } from '../peers/peer-profile.js';
import { VirtualTime } from '../virtual-time.fixture.js';
import { checkIndexes, type IndexedPeers } from './index-rules.js';
import { plainIndexes } from './plain-indexes.js';

const clock = new VirtualTime(1_000);
const peers = ['p', 'q', 'r', 's', 't', 'u'].map((name, at) =>
  createPeer(
    { ...profileOf(name), tier: tiers[at % 3]!, authenticated: at % 2 === 0, dhtInfo: undefined },
    clock,
  ),
);

const sound = plainIndexes(() => peers);

const [first, second] = peers as [PeerEntry, PeerEntry];

describe('the check of indexes', () => {
  it('accepts a registry whose indexes are sound', async () => {
    const registry = await createRegistry({ clock });
    for (const peer of peers) await registry.upsert(peer);
    await registry.updateTrust('p', 0.9);
    await registry.remove('q');
    expect(checkIndexes(registry.peers)).toMatchObject({ violations: [], verdict: 'pass' });
    await registry.close();
    expect(checkIndexes(sound).verdict).toBe('pass');
  });

  it.each<[string, Partial<IndexedPeers>, string, string]>([
    ['a wrong size', { size: 7 }, 'size: 6', '7'],
    [
      'a peer listed twice',
      { size: 7, all: () => [...peers, first] },
      'different node ids: 7',
      '6',
    ],
    ['a peer that it says is not there', { has: (id) => id !== 'q' }, 'has q: true', 'false'],
    ['a node id that finds no peer', { view: () => undefined }, 'by node id of p: p', 'nothing'],
    [
      'a public key that finds another',
      { findByPublicKey: () => second },
      'by public key of p: p',
      'q with another entry',
    ],
    [
      'a DID that finds an entry that was',
      { findByDid: (did) => ({ ...sound.findByDid(did)!, trustScore: 0.123 }) },
      'by DID of p: p',
      'p with another entry',
    ],
    [
      'a peer left in the tier that it was of',
      {
        inTier: (tier) => (tier === 'tier2' ? [...sound.inTier(tier), first] : sound.inTier(tier)),
      },
      'tier2: q',
      'p',
    ],
    [
      'a tier that lacks a peer',
      { inTier: (tier) => [...sound.inTier(tier)].slice(0, 1) },
      'tier1: s',
      'nothing',
    ],
    ['a selection with one too many', { withDht: () => [first] }, 'number of dht: 0', '1'],
    ['a selection that lacks one', { authenticated: () => [] }, 'authenticated: p', 'nothing'],
    [
      'a count that is off',
      { stats: () => ({ ...sound.stats(), dht: 1 }) },
      'count of dht: 0',
      '1',
    ],
  ])('refuses %s', (_, wrong, expected, got) => {
    const { violations, verdict } = checkIndexes({ ...sound, ...wrong });
    expect(verdict).toBe('fail');
    expect(violations).toContainEqual({ rule: 'indexes', expected, got });
  });
});
