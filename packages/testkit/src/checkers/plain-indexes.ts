import { type PeerEntry, type PeerTier, tiers } from '@panoptes/core';
import type { IndexedPeers } from './index-rules.js';

/**
 * What a registry should answer of its peers, worked out the plain way: each answer goes through all.
 *
 * @param all - gives the peers, in the order in which they are to be listed
 */
export function plainIndexes(all: () => readonly PeerEntry[]): IndexedPeers {
  const ofTier = (tier: PeerTier): PeerEntry[] => all().filter((peer) => peer.tier === tier);
  const authenticated = (): PeerEntry[] => all().filter((peer) => peer.authenticated);
  const dht = (): PeerEntry[] => all().filter(({ dhtInfo }) => dhtInfo !== undefined);
  const withNodeId = (nodeId: string): PeerEntry | undefined =>
    all().find(({ peerId }) => peerId.nodeId === nodeId);
  return {
    get size() {
      return all().length;
    },
    has: (nodeId) => withNodeId(nodeId) !== undefined,
    view: withNodeId,
    findByPublicKey: (key) => all().find(({ peerId }) => peerId.publicKey === key),
    findByDid: (did) => all().find(({ peerId }) => peerId.did === did),
    all,
    inTier: ofTier,
    authenticated,
    withDht: dht,
    stats: () => ({
      total: all().length,
      byTier: Object.fromEntries(tiers.map((tier) => [tier, ofTier(tier).length])) as Record<
        PeerTier,
        number
      >,
      authenticated: authenticated().length,
      dht: dht().length,
    }),
  };
}
