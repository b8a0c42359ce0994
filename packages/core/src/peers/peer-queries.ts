import { z } from 'zod';
import { parseOptions } from '../parse-options.js';
import { leafAt } from './entry-layout.js';
import { peerFields, tiers } from './fields.js';
import { keyArgument, textArgument } from './identity-arguments.js';
import type { DiscoveryMethod, PeerEntry, PeerTier } from './peer-entry.js';
import { peerMarks } from './peer-marks.js';
import type { PeerTable } from './peer-table.js';

/**
 * The peers, for reading. Every entry that is handed out is a copy of its own. Finding a peer by
 * node id, key or DID and `stats` take the same time at any size, finding the closest ones hardly more
 * in a larger table; a query for peers with some other property reads one field of every entry and
 * decodes those that match. What cannot be an argument is
 * refused: texts and keys with `PeerValidationError`, anything else with `ConfigError`.
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

  allPeers(): PeerEntry[] {
    return Array.from(this.#slots(), (slot) => this.#table.entryAt(slot));
  }

  peersByTier(tier: PeerTier): PeerEntry[] {
    const slots = this.#table.tierSlots(parseOptions(anyTier, tier, 'tier'));
    return Array.from(slots, (slot) => this.#table.entryAt(slot));
  }

  authenticatedPeers(): PeerEntry[] {
    return this.#withBits((bits) => (bits & authenticatedBit) !== 0);
  }

  /** Peers that have the protocol among their active ones. */
  peersWithProtocol(protocol: string): PeerEntry[] {
    const wanted = textArgument('activeProtocols', protocol);
    return this.allPeers().filter((peer) => peer.activeProtocols.includes(wanted));
  }

  peersByDiscovery(method: DiscoveryMethod): PeerEntry[] {
    const { words, shift, mask } = discoveryBits;
    const wanted = words.indexOf(parseOptions(anyMethod, method, 'method'));
    return this.#withBits((bits) => ((bits >>> shift) & mask) === wanted);
  }

  /** Peers with a place in the DHT. */
  dhtPeers(): PeerEntry[] {
    return this.#withBits((bits) => (bits & dhtBit) !== 0);
  }

  /**
   * The `k` DHT peers closest to a node id by XOR distance, closest first.
   *
   * @param k - a whole number from 0 on; all of them when there are fewer
   */
  findClosestDhtPeers(target: string, k: number): PeerEntry[] {
    return this.#closest(target, k, peerMarks.dht);
  }

  /** The `k` peers closest to a node id by XOR distance, as `findClosestDhtPeers`, with a place in the DHT or not. */
  findClosestPeers(target: string, k: number): PeerEntry[] {
    return this.#closest(target, k, peerMarks.any);
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

  #closest(target: string, k: number, mark: number): PeerEntry[] {
    const goal = textArgument('peerId.nodeId', target);
    const wanted = parseOptions(anyCount, k, 'k');
    return this.#table.trie.closest(goal, wanted, mark).map((slot) => this.#table.entryAt(slot));
  }

  #slots(): Iterable<number> {
    return this.#table.identities.peers.values();
  }

  #withBits(wanted: (bits: number) => boolean): PeerEntry[] {
    const found: PeerEntry[] = [];
    for (const slot of this.#slots()) {
      if (wanted(this.#table.bitsAt(slot))) found.push(this.#table.entryAt(slot));
    }
    return found;
  }
}

/** How many peers there are, and of which kinds. */
export interface PeerStats {
  readonly total: number;
  readonly byTier: Readonly<Record<PeerTier, number>>;
  readonly authenticated: number;
  readonly dht: number;
}

const discoveryBits = leafAt('bits', 'discoveryMethod');
const authenticatedBit = 1 << leafAt('bits', 'authenticated').shift;
const anyTier = z.enum(tiers);
const anyMethod = z.enum(peerFields.discoveryMethod.words);
const anyCount = z.int().min(0);
const dhtBit = 1 << leafAt('bits', 'dhtInfo').shift;
