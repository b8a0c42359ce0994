import { entryStamp, type PeerEntry, type PeerQueries, type PeerTier, tiers } from '@panoptes/core';
import { Findings, type Verdicts } from './verdicts.js';

/** What a registry answers about its peers, without the closest ones, which follow from them. */
export interface IndexedPeers extends Pick<PeerQueries, 'size' | 'has' | 'stats'> {
  view(nodeId: string): PeerEntry | undefined;
  findByPublicKey(publicKey: string): PeerEntry | undefined;
  findByDid(did: string): PeerEntry | undefined;
  all(): Iterable<PeerEntry>;
  inTier(tier: PeerTier): Iterable<PeerEntry>;
  authenticated(): Iterable<PeerEntry>;
  withDht(): Iterable<PeerEntry>;
}

/**
 * Holds every index of a registry to the list of all its peers: each look-up finds the peer and no
 * other, each selection is that of the list, each count is theirs. Of many peers some are looked up,
 * at even steps, and the rest counted as skipped.
 */
export function checkIndexes(registry: IndexedPeers): Verdicts {
  const findings = new Findings();
  const expect = (what: string, expected: string | number, got: string | number): void => {
    findings.checked('indexes');
    if (expected === got) return;
    findings.broken({
      rule: 'indexes',
      expected: `${what}: ${expected}`,
      got: got === '' ? 'nothing' : `${got}`,
    });
  };

  const listed: Listed[] = [];
  const step = Math.ceil(registry.size / mostLookedUp);
  for (const peer of registry.all()) {
    const { nodeId, publicKey, did } = peer.peerId;
    const { tier, authenticated } = peer;
    const place = listed.push({ nodeId, tier, authenticated, dht: peer.dhtInfo !== undefined });
    expect(`has ${nodeId}`, 'true', String(registry.has(nodeId)));
    const stamp = entryStamp(peer);
    const looked: [index: string, found: PeerEntry | undefined][] = [
      ['node id', registry.view(nodeId)],
    ];
    if (place % step === 0) {
      looked.push(['public key', registry.findByPublicKey(publicKey)]);
      looked.push(['DID', registry.findByDid(did)]);
    } else {
      findings.skipped('indexes', 2);
    }
    for (const [index, found] of looked) {
      const isSame = found !== undefined && entryStamp(found) === stamp;
      expect(`by ${index} of ${nodeId}`, nodeId, isSame ? nodeId : otherThan(found));
    }
  }
  expect('size', listed.length, registry.size);
  expect('different node ids', listed.length, new Set(listed.map(({ nodeId }) => nodeId)).size);

  const stats = registry.stats();
  const select = (
    what: string,
    selected: Iterable<PeerEntry>,
    count: number,
    belongs: (peer: Listed) => boolean,
  ): void => {
    const wanted = listed
      .filter(belongs)
      .map(({ nodeId }) => nodeId)
      .sort();
    const got = Array.from(selected, ({ peerId }) => peerId.nodeId).sort();
    const at = wanted.findIndex((nodeId, place) => nodeId !== got[place]);
    if (at !== -1) expect(what, wanted[at]!, got[at] ?? '');
    else expect(`number of ${what}`, wanted.length, got.length);
    expect(`count of ${what}`, wanted.length, count);
  };
  expect('count of all', listed.length, stats.total);
  for (const tier of tiers) {
    select(tier, registry.inTier(tier), stats.byTier[tier], (peer) => peer.tier === tier);
  }
  const { authenticated, dht } = stats;
  select('authenticated', registry.authenticated(), authenticated, (peer) => peer.authenticated);
  select('dht', registry.withDht(), dht, (peer) => peer.dht);
  return findings.verdicts();
}

/** What selections go by. */
interface Listed {
  readonly nodeId: string;
  readonly tier: PeerTier;
  readonly authenticated: boolean;
  readonly dht: boolean;
}

/** Peers that are looked up by key and by DID at most. */
const mostLookedUp = 4_096;

const otherThan = (found: PeerEntry | undefined): string =>
  found === undefined ? '' : `${found.peerId.nodeId} with another entry`;
