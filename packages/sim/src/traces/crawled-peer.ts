import { type Clock, createPeer, type PeerEntry, type PeerTier } from '@panoptes/core';
import { dhtInfoOf, identityOf } from '@panoptes/testkit';
import { endpointsOf, type NodeRecord } from './enr-record.js';

/**
 * The entry of a node that a discv4 crawl saw. Every answer in discv4 is signed with the node's key,
 * so a node that ever answered is authenticated. Trust and reliability follow from the score, by the rule
 * of succession.
 *
 * @param clock - virtual time, for `connectedAt`
 */
export function crawledPeer(sighting: Sighting, clock: Clock): PeerEntry {
  const { record, score, firstResponse, lastResponse } = sighting;
  const answered = (score + 1) / (score + 2);
  return createPeer(
    {
      peerId: identityOf(record.nodeId, record.publicKey),
      endpoints: endpointsOf(record),
      activeProtocols: record.endpoints.map(({ protocol }) => protocol),
      authenticated: lastResponse > 0,
      capabilities: { nodeType: 'full', protocols: record.protocols },
      reliabilityScore: answered,
      trustScore: answered,
      tier: tierOf(score),
      dhtInfo: dhtInfoOf(record.nodeId, lastResponse),
      discoveryMethod: 'dht',
      firstSeen: firstResponse,
      lastSeen: lastResponse,
    },
    clock,
  );
}

/** What a crawl knows of a node. Times are Unix milliseconds, 0 for never. */
export interface Sighting {
  readonly record: NodeRecord;
  /** Answered requests of the crawler, halved by go-ethereum's crawler at each miss. */
  readonly score: number;
  readonly firstResponse: number;
  readonly lastResponse: number;
}

function tierOf(score: number): PeerTier {
  if (score >= 32) return 'tier1';
  if (score >= 16) return 'tier2';
  if (score >= 4) return 'tier3';
  return score >= 1 ? 'tier4' : 'untrusted';
}
