import type { PeerEntry, PeerFieldPath } from '../peers/peer-entry.js';

/** What an observer sees of one transaction: there is one event for each seq. */
export type RegistryEvent = PeerChange | BatchUpdateEvent;

/** Why a peer was removed. */
export type RemovalReason = 'requested' | 'expired' | 'evicted';

/** A peer the registry did not know before. */
export interface PeerAdded {
  readonly kind: 'PeerAdded';
  readonly seq: number;
  /** When the command was handed in, by the registry's clock, in Unix milliseconds. */
  readonly at: number;
  readonly nodeId: string;
  readonly entry: PeerEntry;
}

/** A known peer whose entry changed; `changed` names the fields, as in `connectionMetrics.latencyMs`. */
export interface PeerUpdated {
  readonly kind: 'PeerUpdated';
  readonly seq: number;
  /** When the command was handed in, by the registry's clock, in Unix milliseconds. */
  readonly at: number;
  readonly nodeId: string;
  readonly old: PeerEntry;
  readonly entry: PeerEntry;
  readonly changed: readonly PeerFieldPath[];
}

/** A peer that is gone; `entry` is what it was. */
export interface PeerRemoved {
  readonly kind: 'PeerRemoved';
  readonly seq: number;
  /** When the command was handed in, by the registry's clock, in Unix milliseconds. */
  readonly at: number;
  readonly nodeId: string;
  readonly entry: PeerEntry;
  readonly reason: RemovalReason;
}

/** One peer's change. */
export type PeerChange = PeerAdded | PeerUpdated | PeerRemoved;

/**
 * A transaction that changed several peers at once: a committed batch, a sweep of expired peers,
 * or an upsert that evicted another peer. `changes` holds all of them in the order in which they
 * were applied; the three lists sort them by kind.
 */
export interface BatchUpdateEvent {
  readonly kind: 'BatchUpdate';
  readonly seq: number;
  /** When the command was handed in, by the registry's clock, in Unix milliseconds. */
  readonly at: number;
  readonly changes: readonly PeerChange[];
  readonly added: readonly PeerAdded[];
  readonly updated: readonly PeerUpdated[];
  readonly removed: readonly PeerRemoved[];
}

/**
 * A run of events in seq order. Events and entries of a batch are lazy views that decode a field
 * when it is read, valid until the handler that got them has settled; `toObject(view)` keeps one.
 */
export interface EventBatch extends Iterable<RegistryEvent> {
  /** How many events (transactions) there are. */
  readonly size: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Every peer's change in order, whatever transaction it belongs to. */
  changes(): Iterable<PeerChange>;
}

/** All peers as they were right after transaction `seq`. Entries are lazy views of shared memory. */
export interface PeerSnapshot extends Iterable<PeerEntry> {
  readonly seq: number;
  /** The time of transaction `seq`; before the first, when the registry was made. Unix milliseconds. */
  readonly at: number;
  readonly size: number;
}
