import type { PeerEntry, RemovalReason, Subscription } from '@panoptes/core';

/** What an observer may choose peers by. */
export type EntryTraits = Pick<
  PeerEntry,
  'tier' | 'discoveryMethod' | 'authenticated' | 'quantumSecure'
>;

/** What is kept of an entry that an observer saw. */
export interface EntryMark extends EntryTraits {
  /** Equal for equal entries, and in all likelihood only for those: 48 bits of a hash. */
  readonly stamp: number;
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
  /** It was stopped normally. */
  | { readonly kind: 'end' }
  /**
   * Recorded of the observer, not by it, so with incarnation 0: it had been given up, and gets
   * another chance. The next incarnation is no restart.
   */
  | { readonly kind: 'revival' }
  /** It goes on behind this transaction, of which it has kept a state of its own, without a snapshot. */
  | { readonly kind: 'resume'; readonly seq: number };

/** Who saw a record, and where the record is. */
export interface Place {
  readonly observer: string;
  /** Which incarnation of the observer, from 1. */
  readonly incarnation: number;
  /** Number of the record within that incarnation, from 1. */
  readonly record: number;
  /** Where in a file the block of records begins, in bytes. */
  readonly offset?: number;
}

/** An observer as the run was set up. */
export interface ObserverFacts {
  readonly name: string;
  /** Observers of one kind have equal digests of equal peers. */
  readonly kind: string;
  /** What it subscribes to; everything unless given. */
  readonly filter?: Subscription;
}

/** What a run's histories are judged by. */
export interface RunFacts {
  readonly observers: readonly ObserverFacts[];
  readonly maxPeers: number;
  readonly maxObservers: number;
  /** More than `maxRestarts` restarts in `withinMs` quarantine an observer. */
  readonly restarts: { readonly maxRestarts: number; readonly withinMs: number };
  /** Which life of its registry the run begins in; absent where there is but one. */
  readonly life?: LifeFacts;
}

/** A life of a registry: from its start to its end in one process. */
export interface LifeFacts {
  /** Which one, from 1. */
  readonly epoch: number;
  /** The last transaction of the lives before, as far as it has been kept; 0 in the first. */
  readonly seq: number;
  /** The registry's id. */
  readonly id?: string;
}

/** How the run ended, once every observer had settled. */
export interface RunEnding {
  /** The last transaction committed. */
  readonly lastSeq: number;
  /** Peers the registry held. */
  readonly peers: number;
  /** The sum of their stamps; absent where there were too many to work it out. */
  readonly sum?: number;
  /** Names of the observers that were live. */
  readonly live: readonly string[];
}
