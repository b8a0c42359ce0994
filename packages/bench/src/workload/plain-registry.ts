import type { PeerEntry } from '@panoptes/core';

/** A registry as a program without Panoptes would have it: a map. */
export class PlainRegistry {
  readonly #peers = new Map<string, PeerEntry>();

  /** Takes a change and says what it was. */
  upsert(entry: PeerEntry): PlainEvent {
    const { nodeId } = entry.peerId;
    const old = this.#peers.get(nodeId);
    this.#peers.set(nodeId, entry);
    return old === undefined ? { kind: 'PeerAdded', entry } : { kind: 'PeerUpdated', old, entry };
  }
}

/** A change, as observers of the other systems get it. */
export interface PlainEvent {
  readonly kind: 'PeerAdded' | 'PeerUpdated';
  readonly old?: PeerEntry;
  readonly entry: PeerEntry;
}
