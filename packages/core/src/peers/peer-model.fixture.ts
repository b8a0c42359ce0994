import { tiers } from './fields.js';
import type { PeerEntry } from './peer-entry.js';

/** A peer as the model keeps it: its entry, and when it was last changed, as a count. */
interface Kept {
  readonly entry: PeerEntry;
  readonly touched: number;
}

/** The peer table, done the plain way: a map that is searched and sorted anew for each question. */
export class PeerModel {
  readonly #peers = new Map<string, Kept>();
  #changes = 0;

  get size(): number {
    return this.#peers.size;
  }

  get(nodeId: string): PeerEntry | undefined {
    return this.#peers.get(nodeId)?.entry;
  }

  /** Adds or replaces a peer. */
  put(entry: PeerEntry): void {
    this.#peers.set(entry.peerId.nodeId, { entry, touched: ++this.#changes });
  }

  remove(nodeId: string): void {
    this.#peers.delete(nodeId);
  }

  all(): PeerEntry[] {
    return [...this.#peers.values()].map(({ entry }) => entry);
  }

  find(wanted: (entry: PeerEntry) => boolean): PeerEntry | undefined {
    return this.all().find(wanted);
  }

  /** Node ids of the peers last seen before a time, longest ago first. */
  expired(before: number): string[] {
    return this.#sorted(
      ({ lastSeen }) => lastSeen < before,
      () => 0,
    );
  }

  /** Node ids in the order in which they are evicted. */
  evictionOrder(expiredBefore: number): string[] {
    const rest = this.#sorted(
      ({ lastSeen }) => lastSeen >= expiredBefore,
      ({ tier }) => -tiers.indexOf(tier),
    );
    return [...this.expired(expiredBefore), ...rest];
  }

  #sorted(wanted: (entry: PeerEntry) => boolean, rank: (entry: PeerEntry) => number): string[] {
    return [...this.#peers.values()]
      .filter(({ entry }) => wanted(entry))
      .sort(
        (a, b) =>
          rank(a.entry) - rank(b.entry) ||
          a.entry.lastSeen - b.entry.lastSeen ||
          a.touched - b.touched,
      )
      .map(({ entry }) => entry.peerId.nodeId);
  }
}
