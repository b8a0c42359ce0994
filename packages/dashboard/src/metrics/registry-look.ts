import { type Figures, type ObserverStats, StoreError, type figures, isA } from '@panoptes/core';
import type { PeerRegistry } from '@panoptes/workers';
import type { watchedFigures } from './watched-figures.js';

/** What a registry's figures are at one moment, read once for all who want one of them. */
export class RegistryLook {
  readonly registry: Figures<typeof figures.registry>;
  readonly log: Figures<typeof figures.log>;
  readonly supervisor: Figures<typeof figures.supervisor>;
  /** Undefined without a store, and when it does not say. */
  readonly store: Figures<typeof figures.store> | undefined;
  /** Undefined of a registry that never was a replica. */
  readonly replica: Figures<typeof figures.replica> | undefined;
  readonly watched: Figures<typeof watchedFigures>;
  /** In the order of registration, at most `mostObservers`. */
  readonly observers: readonly ObserverStats[];
  readonly peersByTier: Readonly<Record<string, number>>;
  /** The registry's state, as in `open.idle`. */
  readonly state: string;

  constructor(registry: PeerRegistry) {
    const { observers, supervisor, maxObservers, observerCount } = registry.getObserverStats();
    const { total, authenticated, dht, byTier } = registry.peers.stats();
    this.registry = registry.counters;
    this.log = registry.logStats();
    this.supervisor = supervisor;
    this.store = storeFiguresOf(registry);
    this.replica = registry.replicaStats();
    this.observers = observers.slice(0, mostObservers);
    this.peersByTier = byTier;
    this.state = registry.state;
    this.watched = {
      peers: total,
      maxPeers: registry.maxPeers,
      authenticated,
      dht,
      waiting: registry.waiting,
      connections: registry.connections,
      epoch: registry.epoch,
      observers: observerCount,
      maxObservers,
      omitted: observers.length - this.observers.length,
    };
  }
}

/** As many as may run at a time; the quarantined, who do not count, may be more. */
const mostObservers = 1_000;

/** A store that says nothing of itself hides nothing else. */
function storeFiguresOf(registry: PeerRegistry): RegistryLook['store'] {
  try {
    return registry.storeStats();
  } catch (error) {
    if (isA(error, StoreError)) return undefined;
    throw error;
  }
}
