import { z } from 'zod';
import { parseOptions } from '../parse-options.js';
import { leafAt } from './entry-layout.js';
import { peerFields, tiers } from './fields.js';
import { keyArgument, textArgument } from './identity-arguments.js';
import type { DiscoveryMethod, PeerEntry, PeerTier } from './peer-entry.js';
import type { PeerView } from './entry-view.js';
import { peerMarks, tierMark } from './peer-marks.js';
import { type PageOptions, PeerSelection, viewOf } from './peer-selection.js';
import type { PeerTable } from './peer-table.js';

/**
 * The peers, for reading. An entry that is handed out is a copy of its own; a view reads the peer as it is
 * when a field is asked for, and throws `PeerNotFoundError` once the peer has been removed. Finding a peer by
 * node id, key or DID and `stats` take the same time at any size, the closest ones and the first of a
 * selection hardly more in a larger table. What cannot be an argument is refused: texts and keys with
 * `PeerValidationError`, anything else with `ConfigError`.
 */
export class PeerQueries {
  readonly #table: PeerTable;

  constructor(table: PeerTable) {
    this.#table = table;
  }

  get size(): number {
    return this.#table.size;
  }

  has(nodeId: string): boolean {
    return this.#slotOf(nodeId) !== undefined;
  }

  get(nodeId: string): PeerEntry | undefined {
    return this.#entry(this.#slotOf(nodeId));
  }

  /** A view of a peer: reading a field of it decodes that field and copies nothing else. */
  view(nodeId: string): PeerView | undefined {
    const slot = this.#slotOf(nodeId);
    return slot === undefined ? undefined : viewOf(this.#table, slot, nodeId);
  }

  /** The same as `get`, named like its siblings. */
  findByNodeId(nodeId: string): PeerEntry | undefined {
    return this.get(nodeId);
  }

  /** @param publicKey - bytes, or hex in any case */
  findByPublicKey(publicKey: string | Uint8Array): PeerEntry | undefined {
    return this.#entry(this.#table.identities.withKey(keyArgument(publicKey)));
  }

  findByDid(did: string): PeerEntry | undefined {
    return this.#entry(this.#table.identities.withDid(textArgument('peerId.did', did)));
  }

  /** Views of all peers. */
  all(page?: PageOptions): PeerSelection {
    return new PeerSelection(this.#table, peerMarks.any, page);
  }

  /** Views of the peers of a tier. */
  inTier(tier: PeerTier, page?: PageOptions): PeerSelection {
    const mark = tierMark(parseOptions(anyTier, tier, 'tier'));
    return new PeerSelection(this.#table, mark, page);
  }

  /** Views of the peers that proved that they own their keys. */
  authenticated(page?: PageOptions): PeerSelection {
    return new PeerSelection(this.#table, peerMarks.authenticated, page);
  }

  /** Views of the peers with a place in the DHT. */
  withDht(page?: PageOptions): PeerSelection {
    return new PeerSelection(this.#table, peerMarks.dht, page);
  }

  allPeers(): PeerEntry[] {
    return this.all().entries();
  }

  peersByTier(tier: PeerTier): PeerEntry[] {
    return this.inTier(tier).entries();
  }

  authenticatedPeers(): PeerEntry[] {
    return this.authenticated().entries();
  }

  /** Peers with a place in the DHT. */
  dhtPeers(): PeerEntry[] {
    return this.withDht().entries();
  }

  /** Peers that have the protocol among their active ones. */
  peersWithProtocol(protocol: string): PeerEntry[] {
    const wanted = textArgument('activeProtocols', protocol);
    return this.#entriesOf((peer) => peer.activeProtocols.includes(wanted));
  }

  peersByDiscovery(method: DiscoveryMethod): PeerEntry[] {
    const wanted = parseOptions(anyMethod, method, 'method');
    return this.#entriesOf((peer) => peer.discoveryMethod === wanted);
  }

  /**
   * The `k` DHT peers closest to a node id by XOR distance, closest first.
   *
   * @param k - a whole number from 0 on; all of them when there are fewer
   */
  findClosestDhtPeers(target: string, k: number): PeerEntry[] {
    return this.#closest(target, k, peerMarks.dht).map((slot) => this.#table.entryAt(slot));
  }

  /** The `k` peers closest to a node id by XOR distance, as `findClosestDhtPeers`, with a place in the DHT or not. */
  findClosestPeers(target: string, k: number): PeerEntry[] {
    return this.#closest(target, k, peerMarks.any).map((slot) => this.#table.entryAt(slot));
  }

  /** Views of what `findClosestDhtPeers` finds. */
  viewClosestDhtPeers(target: string, k: number): PeerView[] {
    return this.#closest(target, k, peerMarks.dht).map((slot) => viewOf(this.#table, slot));
  }

  /** Views of what `findClosestPeers` finds. */
  viewClosestPeers(target: string, k: number): PeerView[] {
    return this.#closest(target, k, peerMarks.any).map((slot) => viewOf(this.#table, slot));
  }

  stats(): PeerStats {
    const byTier = Object.fromEntries(tiers.map((tier) => [tier, this.#table.tierSize(tier)]));
    return {
      total: this.size,
      byTier: byTier as Record<PeerTier, number>,
      authenticated: this.#table.countOf(authenticatedBit),
      dht: this.#table.countOf(dhtBit),
    };
  }

  #slotOf(nodeId: string): number | undefined {
    return this.#table.identities.withNodeId(textArgument('peerId.nodeId', nodeId));
  }

  #entry(slot: number | undefined): PeerEntry | undefined {
    return slot === undefined ? undefined : this.#table.entryAt(slot);
  }

  #closest(target: string, k: number, mark: number): number[] {
    const goal = textArgument('peerId.nodeId', target);
    return this.#table.trie.closest(goal, parseOptions(anyCount, k, 'k'), mark);
  }

  #entriesOf(belongs: (peer: PeerView) => boolean): PeerEntry[] {
    return Array.from(this.all())
      .filter(belongs)
      .map((peer) => peer.toObject());
  }
}

/** How many peers there are, and of which kinds. */
export interface PeerStats {
  readonly total: number;
  readonly byTier: Readonly<Record<PeerTier, number>>;
  readonly authenticated: number;
  readonly dht: number;
}

const authenticatedBit = 1 << leafAt('bits', 'authenticated').shift;
const anyTier = z.enum(tiers);
const anyMethod = z.enum(peerFields.discoveryMethod.words);
const anyCount = z.int().min(0);
const dhtBit = 1 << leafAt('bits', 'dhtInfo').shift;
