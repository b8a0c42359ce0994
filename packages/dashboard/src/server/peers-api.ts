import { ConfigError, type PeerEntry, type PeerTier, parseOptions } from '@panoptes/core';
import type { PeerRegistry } from '@panoptes/workers';
import { z } from 'zod';
import { DashboardError } from '../dashboard-error.js';

/**
 * A page of the peers, at most `limit` of them: those after `after`, in the order of their DHT keys, of a
 * tier or with a protocol; or those closest to a node id; or the one with a node id, key or DID.
 *
 * @param query - the parameters of the request
 * @throws {ConfigError | PeerValidationError} when one of them is not one it can be
 */
export function peersPage({ peers }: PeerRegistry, query: unknown): PeersPage {
  const wanted = parseOptions(pageQuery, query, 'the parameters');
  const { search, closest, tier, protocol, limit, after } = wanted;
  checkTogether(wanted);
  if (search !== undefined) {
    const found = peerBy(peers, search);
    return { peers: found === undefined ? [] : [peerRow(found)], next: null };
  }
  if (closest !== undefined) {
    return { peers: peers.viewClosestPeers(closest, limit).map(peerRow), next: null };
  }
  const most = protocol === undefined ? limit : mostLookedAt;
  const page = { limit: most, after };
  const selected = tier === undefined ? peers.all(page) : peers.inTier(tier as PeerTier, page);
  const rows: object[] = [];
  let looked = 0;
  let last: string | undefined;
  for (const peer of selected) {
    looked++;
    last = peer.peerId.nodeId;
    if (protocol !== undefined && !peer.activeProtocols.includes(protocol)) continue;
    rows.push(peerRow(peer));
    if (rows.length === limit) break;
  }
  const mayBeMore = rows.length === limit || looked === most;
  return { peers: rows, next: mayBeMore ? (last ?? null) : null };
}

/** What is left out of account would be taken for an answer to it. */
function checkTogether(wanted: Readonly<Record<string, unknown>>): void {
  for (const [one, others] of alone) {
    const beside = others.filter((name) => wanted[name] !== undefined);
    if (wanted[one] === undefined || beside.length === 0) continue;
    const names = beside.map((name) => `'${name}'`).join(' and ');
    throw new ConfigError(
      `the parameters: expected '${one}' without ${names}, which choose among all peers`,
    );
  }
}

/** What is found by one of these is not chosen by the others. */
const alone = [
  ['search', ['closest', 'tier', 'protocol', 'after']],
  ['closest', ['tier', 'protocol', 'after']],
] as const;

/** Peers, as they are sent. */
export interface PeersPage {
  readonly peers: readonly object[];
  /**
   * What `after` is for the next page; null when there is none. A page may have few peers, or none, and a
   * next one: with a protocol a request looks at so many peers only.
   */
  readonly next: string | null;
}

/**
 * All that is known of a peer.
 *
 * @throws {DashboardError} when there is none of that node id
 */
export function wholePeer({ peers }: PeerRegistry, query: unknown): PeerEntry {
  const { nodeId } = parseOptions(peerQuery, query, 'the parameters');
  const peer = peers.get(nodeId);
  if (peer !== undefined) return peer;
  throw new DashboardError('DASHBOARD_NOT_FOUND', 'there is no peer of that node id');
}

const peerBy = (peers: PeerRegistry['peers'], search: string): PeerEntry | undefined =>
  peers.get(search) ?? peers.findByDid(search) ?? peers.findByPublicKey(search);

/** A line of the table of peers. */
function peerRow(peer: PeerEntry): object {
  const { peerId, tier, authenticated, trustScore, discoveryMethod, activeProtocols } = peer;
  const { firstSeen, lastSeen, hopCount } = peer;
  return {
    ...{ nodeId: peerId.nodeId, did: peerId.did, tier, authenticated, trustScore },
    ...{ discoveryMethod, activeProtocols, firstSeen, lastSeen, hopCount },
    hasDht: peer.dhtInfo !== undefined,
  };
}

/** Most peers that one request looks at, whatever it is looking for. */
const mostLookedAt = 1_000;

const text = z.string().min(1).max(8_192);
/** Longer than any node id there is none. */
const nodeIdText = z.string().min(1).max(256);
const count = z.coerce.number().pipe(z.int().min(1).max(100));
const pageQuery = z.strictObject({
  /** A node id, a key in hex or a DID. */
  search: text.optional(),
  /** A node id. */
  closest: nodeIdText.optional(),
  tier: text.optional(),
  protocol: text.optional(),
  /** A node id, of a peer that need not be there any more. */
  after: nodeIdText.optional(),
  limit: count.default(50),
});
const peerQuery = z.strictObject({ nodeId: text });
