import { type PeerEntry, type PeerQueries, type PeerTier, tiers } from '@panoptes/core';
import { changedPaths } from '../canonical/peer-diff.js';
import { Findings, type Verdicts } from './verdicts.js';

/** What a registry answers about its peers, without the closest ones, which follow from them. */
export interface IndexedPeers extends Pick<PeerQueries, 'size' | 'has' | 'get' | 'stats'> {
  findByPublicKey(publicKey: string): PeerEntry | undefined;
  findByDid(did: string): PeerEntry | undefined;
  allPeers(): readonly PeerEntry[];
  peersByTier(tier: PeerTier): readonly PeerEntry[];
  authenticatedPeers(): readonly PeerEntry[];
  dhtPeers(): readonly PeerEntry[];
}

/**
 * Holds every index of a registry to the list of all its peers: each look-up finds the peer and no
 * other, each selection is that of the list, each count is theirs. It reads every peer several times.
 */
export function checkIndexes(registry: IndexedPeers): Verdicts {
  const findings = new Findings();
  const peers = registry.allPeers();
  const expect = (what: string, expected: string | number, got: string | number): void => {
    findings.checked('indexes');
    if (expected === got) return;
    findings.broken({
      rule: 'indexes',
      expected: `${what}: ${expected}`,
      got: got === '' ? 'nothing' : `${got}`,
    });
  };

  expect('size', peers.length, registry.size);
  expect('different node ids', peers.length, new Set(peers.map(nodeIdOf)).size);
  for (const peer of peers) {
    const { nodeId, publicKey, did } = peer.peerId;
    expect(`has ${nodeId}`, 'true', String(registry.has(nodeId)));
    for (const [index, found] of [
      ['node id', registry.get(nodeId)],
      ['public key', registry.findByPublicKey(publicKey)],
      ['DID', registry.findByDid(did)],
    ] as const) {
      const isSame = found !== undefined && changedPaths(peer, found).length === 0;
      expect(`by ${index} of ${nodeId}`, nodeId, isSame ? nodeId : otherThan(found));
    }
  }

  const stats = registry.stats();
  const select = (
    what: string,
    selected: readonly PeerEntry[],
    count: number,
    belongs: (peer: PeerEntry) => boolean,
  ): void => {
    const wanted = peers.filter(belongs).map(nodeIdOf).sort();
    const got = selected.map(nodeIdOf).sort();
    const at = wanted.findIndex((nodeId, place) => nodeId !== got[place]);
    if (at !== -1) expect(what, wanted[at]!, got[at] ?? '');
    else expect(`number of ${what}`, wanted.length, got.length);
    expect(`count of ${what}`, wanted.length, count);
  };
  expect('count of all', peers.length, stats.total);
  for (const tier of tiers) {
    select(tier, registry.peersByTier(tier), stats.byTier[tier], (peer) => peer.tier === tier);
  }
  const { authenticated, dht } = stats;
  select('authenticated', registry.authenticatedPeers(), authenticated, (p) => p.authenticated);
  select('dht', registry.dhtPeers(), dht, (peer) => peer.dhtInfo !== undefined);
  return findings.verdicts();
}

const nodeIdOf = (peer: PeerEntry): string => peer.peerId.nodeId;

const otherThan = (found: PeerEntry | undefined): string =>
  found === undefined ? '' : `${nodeIdOf(found)} with another entry`;
