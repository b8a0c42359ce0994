import type { StreamPrimary } from '@panoptes/cluster';

/** How it is at one moment. */
export interface FollowSample extends FollowFigures {
  readonly kind: 'sample';
}

/** How it was when following ended. */
export interface FollowEnd extends Omit<FollowFigures, 'observers'> {
  readonly kind: 'end';
  readonly reason: EndReason;
  /** Of all peers at `seq`. */
  readonly digest: string;
  readonly observers: readonly EndedObserver[];
}

/** An observer at the end, with what it made of all peers; null where it did not say. */
export interface EndedObserver extends FollowingObserver {
  readonly digest: string | null;
}

/** The version of these documents; it changes when a field's meaning does. */
export const followSchema = 'panoptes.follow/1';

/** Why following ended: what was asked for has come, or somebody ended it, or something did. */
export type EndReason = 'until-seq' | 'for' | 'quit' | 'interrupted' | 'stopped';

/** What is known of a replica, its primary and its observers. */
export interface FollowFigures {
  readonly schema: typeof followSchema;
  /** Unix milliseconds. */
  readonly at: number;
  /** Of the registry on its servers. */
  readonly name: string;
  readonly id: string;
  /** The last transaction that is applied, and the life of the primary that committed it. */
  readonly seq: number;
  readonly epoch: number;
  readonly peers: number;
  /** Behind what the stream has. */
  readonly lag: { readonly transactions: number; readonly ms: number };
  /** Whether transactions may still come, and what keeps them from that. */
  readonly follows: boolean;
  readonly problem: string | null;
  /** Whether the servers answer. */
  readonly isReachable: boolean;
  /** Who renews its lease; null when nobody does, or that is not known. */
  readonly primary: StreamPrimary | null;
  readonly observers: readonly FollowingObserver[];
}

/** An observer of a replica. */
export interface FollowingObserver {
  readonly name: string;
  readonly state: string;
  /** The last transaction it has handled. */
  readonly seq: number;
  /** Transactions it is behind the replica. */
  readonly lag: number;
  readonly delivered: number;
  readonly resyncs: number;
  readonly restarts: number;
}
