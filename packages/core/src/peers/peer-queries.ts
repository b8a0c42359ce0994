import { compareDistance, dhtKey } from './dht-key.js';
import { leafAt } from './entry-layout.js';
import { tiers } from './fields.js';
import type { DiscoveryMethod, PeerEntry, PeerTier } from './peer-entry.js';
import type { PeerTable } from './peer-table.js';

/** How many peers there are, and of which kinds. */
export interface PeerStats {
  readonly total: number;
  readonly byTier: Readonly<Record<PeerTier, number>>;
  readonly authenticated: number;
  readonly dht: number;
}

const discoveryBits = leafAt('bits', 'discoveryMethod');
const authenticatedBit = 1 << leafAt('bits', 'authenticated').shift;
const dhtBit = 1 << leafAt('bits', 'dhtInfo').shift;

/**
 * The peers, for reading. Every entry that is handed out is a copy of its own. Finding a peer by
 * node id, key or DID and `stats` take the same time at any size; a query for peers with some other
 * property reads one field of every entry and decodes those that match.
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
    return this.#table.identities.withNodeId(nodeId) !== undefined;
  }

  get(nodeId: string): PeerEntry | undefined {
    return this.#entry(this.#table.identities.withNodeId(nodeId));
  }

  /** The same as `get`, named like its siblings. */
  findByNodeId(nodeId: string): PeerEntry | undefined {
    return this.get(nodeId);
  }

  /** @param publicKey - bytes, or hex in any case */
  findByPublicKey(publicKey: string | Uint8Array): PeerEntry | undefined {
    return this.#entry(this.#table.identities.withKey(publicKey));
  }

  findByDid(did: string): PeerEntry | undefined {
    return this.#entry(this.#table.identities.withDid(did));
  }

  allPeers(): PeerEntry[] {
    return Array.from(this.#slots(), (slot) => this.#table.entryAt(slot));
  }

  peersByTier(tier: PeerTier): PeerEntry[] {
    return Array.from(this.#table.tierSlots(tier), (slot) => this.#table.entryAt(slot));
  }

  authenticatedPeers(): PeerEntry[] {
    return this.#withBits((bits) => (bits & authenticatedBit) !== 0);
  }

  /** Peers that have the protocol among their active ones. */
  peersWithProtocol(protocol: string): PeerEntry[] {
    return this.allPeers().filter((peer) => peer.activeProtocols.includes(protocol));
  }

  peersByDiscovery(method: DiscoveryMethod): PeerEntry[] {
    const { words, shift, mask } = discoveryBits;
    const wanted = words.indexOf(method);
    return this.#withBits((bits) => ((bits >>> shift) & mask) === wanted);
  }

  /** Peers with a place in the DHT. */
  dhtPeers(): PeerEntry[] {
    return this.#withBits((bits) => (bits & dhtBit) !== 0);
  }

  /** The `k` DHT peers closest to a node id by XOR distance, closest first. */
  findClosestDhtPeers(target: string, k: number): PeerEntry[] {
    const goal = dhtKey(target);
    const candidates: { slot: number; key: Uint8Array }[] = [];
    for (const [nodeId, slot] of this.#table.identities.peers) {
      if ((this.#table.bitsAt(slot) & dhtBit) !== 0) candidates.push({ slot, key: dhtKey(nodeId) });
    }
    candidates.sort((a, b) => compareDistance(goal, a.key, b.key));
    return candidates.slice(0, k).map(({ slot }) => this.#table.entryAt(slot));
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

  #entry(slot: number | undefined): PeerEntry | undefined {
    return slot === undefined ? undefined : this.#table.entryAt(slot);
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
