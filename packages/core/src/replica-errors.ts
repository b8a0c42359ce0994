import { PanoptesError } from './errors.js';

/** What keeps a replica from following its primary; `code` says which of them. */
export class ReplicaError extends PanoptesError {
  constructor(
    readonly code: ReplicaErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What can happen to a replica. */
export type ReplicaErrorCode =
  /** Its source has the transactions that are due no more; the replica asks for a snapshot. */
  | 'REPLICA_GAP'
  /** A run is damaged, or none of this release; the `cause` says where. */
  | 'REPLICA_RUN'
  /** A run leaves transactions out. */
  | 'REPLICA_HOLE'
  /** What came is of another registry. */
  | 'REPLICA_FOREIGN'
  /** What came is of an earlier life than what is applied, or an epoch is not higher. */
  | 'REPLICA_EPOCH'
  /** What came does not fit the peers that are here: it is not what follows on them. */
  | 'REPLICA_DIVERGED'
  /** A transaction is larger than the replica's log takes. */
  | 'REPLICA_LOG'
  /** A snapshot is no state of a registry, or is older than what is applied. */
  | 'REPLICA_SNAPSHOT'
  /** The source failed, or gave what no source gives; the `cause` says what. */
  | 'REPLICA_SOURCE'
  /** It has not come so far in time. */
  | 'REPLICA_BEHIND'
  /** It does not follow a primary any more. */
  | 'REPLICA_ENDED';

/** A command came to a replica, which takes none of its own. */
export class RegistryReadOnlyError extends PanoptesError {
  readonly code = 'REGISTRY_READ_ONLY';
}

/** A command found no primary in time, and was not sent: it may be sent again. */
export class NoPrimaryError extends PanoptesError {
  readonly code = 'NO_PRIMARY';
}

/**
 * A command was sent to a primary that is gone, or did not answer in time: it may have been committed, or not,
 * and is not sent again. What is read with `atLeast` afterwards tells.
 */
export class OutcomeUnknownError extends PanoptesError {
  readonly code = 'OUTCOME_UNKNOWN';
}
