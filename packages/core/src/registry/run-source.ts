import type { EntryBlock, KeptState } from './registry-store.js';

/**
 * Where a replica's transactions come from: the runs of a primary, which somebody carries here, and a state
 * to begin with. Nothing of what it gives is believed.
 *
 * In this order: `snapshot`, then `runs` behind that; `snapshot` again when either threw that what is due is
 * gone; `newest` at any time; `close` once, at the end.
 */
export interface RunSource {
  /** A state of the registry, the newest that is to be had without much ado. */
  snapshot(asked: SnapshotRequest): Promise<SourceSnapshot>;
  /**
   * The runs that hold transaction `after + 1` and those after it, in the run format, in order. The first may
   * begin earlier, and any may come again: what is applied is skipped. It waits where there is nothing yet,
   * and is left (`return`) when nothing more is wanted; whoever waits in it then must let go.
   *
   * It returns when nothing more will ever come: the primary has closed.
   *
   * @throws {ReplicaError} `REPLICA_GAP` when the transactions after `after` are kept no more: the replica asks
   *   for a snapshot then. Anything else that it throws ends the replica's following
   */
  runs(after: number): AsyncIterable<Uint8Array>;
  /** The newest transaction that it knows of, whether or not it has given it; undefined when it knows none. */
  newest(): SourceHead | undefined;
  /** Ends it: `runs` returns. */
  close(): Promise<void>;
}

/** What a replica begins with. */
export interface SnapshotRequest {
  /** `fieldsHash`: entries of other fields are of no use. */
  readonly fields: string;
  /** A state before this transaction is of no use: it is applied. 0 at the start. */
  readonly since: number;
}

/** All peers as of one transaction. */
export interface SourceSnapshot {
  /** Of which registry, life and transaction it is. Unlike a store's, the epoch is that of `lastSeq`. */
  readonly state: KeptState;
  /**
   * The entries, in blocks of a MiB or so, read once.
   *
   * @throws {ReplicaError} `REPLICA_GAP` when they are kept no more: the replica asks for a newer snapshot
   */
  entries(): AsyncIterable<EntryBlock>;
}

/** Where a primary is. */
export interface SourceHead {
  /** Of its life. */
  readonly epoch: number;
  /** Its last transaction. */
  readonly seq: number;
  /** When that was handed in, Unix milliseconds. */
  readonly time: number;
}
