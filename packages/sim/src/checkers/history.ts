import type { PeerTier, RemovalReason } from '@panoptes/core';

/** What is kept of an entry that an observer saw. */
export interface EntryMark {
  /** Equal for equal entries, and in all likelihood only for those: 48 bits of a hash. */
  readonly stamp: number;
  readonly tier: PeerTier;
}

/** One peer's change as an observer saw it; `seq` is the change's own, not its transaction's. */
export type SeenChange =
  | {
      readonly kind: 'PeerAdded';
      readonly seq: number;
      readonly nodeId: string;
      readonly now: EntryMark;
    }
  | {
      readonly kind: 'PeerUpdated';
      readonly seq: number;
      readonly nodeId: string;
      readonly old: EntryMark;
      readonly now: EntryMark;
    }
  | {
      readonly kind: 'PeerRemoved';
      readonly seq: number;
      readonly nodeId: string;
      readonly old: EntryMark;
      readonly reason: RemovalReason;
    };

/** A transaction as an observer saw it. */
export interface SeenEvent {
  readonly kind: 'event';
  readonly seq: number;
  /** Whether it came as a `BatchUpdate`. */
  readonly isBatch: boolean;
  readonly changes: readonly SeenChange[];
}

/**
 * One thing that an observer saw or said, in the order in which it did. A snapshot is followed by its
 * peers and their end. One that is not an incarnation's first announces a resync.
 */
export type HistoryRecord =
  | { readonly kind: 'start' }
  | { readonly kind: 'snapshot'; readonly seq: number; readonly size: number }
  | { readonly kind: 'peer'; readonly nodeId: string; readonly now: EntryMark }
  | { readonly kind: 'snapshot-end' }
  | SeenEvent
  /** The observer has finished every transaction up to `seq`. */
  | { readonly kind: 'progress'; readonly seq: number }
  /** What it answered when its digest was asked for. */
  | { readonly kind: 'digest'; readonly digest: string }
  /** It was stopped in good order. */
  | { readonly kind: 'end' };

/** Who saw a record, and where the record is. */
export interface Place {
  readonly observer: string;
  /** Which life of the observer, from 1. */
  readonly incarnation: number;
  /** Number of the record within that life, from 1. */
  readonly record: number;
  /** Where in a file the block of records begins, in bytes. */
  readonly offset?: number;
}

/** Of which changes an observer asked to be told; what is left out is not filtered by. */
export interface ChangeFilter {
  readonly kinds?: readonly SeenChange['kind'][];
  /** Of the old entry or the new one: a peer that leaves the filtered set is told of, too. */
  readonly tiers?: readonly PeerTier[];
}

/** An observer as the run was set up. */
export interface ObserverFacts {
  readonly name: string;
  /** Observers of one kind have equal digests of equal peers. */
  readonly kind: string;
  readonly filter?: ChangeFilter;
}

/** What a run's histories are judged by. */
export interface RunFacts {
  readonly observers: readonly ObserverFacts[];
  readonly maxPeers: number;
  readonly maxObservers: number;
  /** More than `maxRestarts` restarts in `withinMs` quarantine an observer. */
  readonly restarts: { readonly maxRestarts: number; readonly withinMs: number };
}

/** How the run ended, once every observer had settled. */
export interface RunEnding {
  /** The last transaction committed. */
  readonly lastSeq: number;
  /** Peers the registry held. */
  readonly peers: number;
  /** Their `peersSum`. */
  readonly sum: number;
  /** Names of the observers that were live. */
  readonly live: readonly string[];
}
