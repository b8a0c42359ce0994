import { describe } from './describe.js';
import { messageWithCause } from './error-of.js';

export { describe } from './describe.js';

/**
 * Every error that Panoptes hands out. Each has a stable `code`, a message that says what was
 * expected, what came and how to mend it, and, where there is one, the `cause`.
 */
export abstract class PanoptesError extends Error {
  /** Stable across versions; compare this, not the message. */
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** An option is missing, unknown, of the wrong type or out of range. */
export class ConfigError extends PanoptesError {
  readonly code = 'CONFIG_INVALID';
}

/** A peer's field has a value it cannot have; `field` says which, as in `endpoints[2].address`. */
export class PeerValidationError extends PanoptesError {
  readonly code = 'PEER_INVALID';
  readonly field: string;

  constructor(field: string, expected: string, given: unknown, options?: ErrorOptions) {
    super(`peer field '${field}': expected ${expected}, got ${describe(given)}`, options);
    this.field = field;
  }
}

/** A DID does not have the form that the registry accepts. */
export class DidError extends PanoptesError {
  readonly code = 'DID_INVALID';
}

/** A key or DID belongs to another peer, or a known peer came with another one. */
export class IdentityConflictError extends PanoptesError {
  readonly code = 'IDENTITY_CONFLICT';
}

/** The peer that a command names, or that a view was made of, is not in the registry. */
export class PeerNotFoundError extends PanoptesError {
  readonly code = 'PEER_NOT_FOUND';
}

/** A caller's function that was to update a peer threw; `cause` is what it threw. */
export class PeerUpdateError extends PanoptesError {
  readonly code = 'PEER_UPDATE_FAILED';
}

/** The registry is at its cap and there is no peer that may be evicted for the newcomers. */
export class RegistryFullError extends PanoptesError {
  readonly code = 'REGISTRY_FULL';
}

/** More commands came than the rate limits allow; `retryAfterMs` says when to try again. */
export class RateLimitError extends PanoptesError {
  readonly code = 'RATE_LIMITED';

  constructor(
    message: string,
    readonly retryAfterMs: number,
  ) {
    super(message);
  }
}

/** The queue is full: callers send commands faster than the registry can commit them. */
export class RegistryOverloadedError extends PanoptesError {
  readonly code = 'REGISTRY_OVERLOADED';
}

/** The registry is closing or closed and takes no more commands. */
export class RegistryClosedError extends PanoptesError {
  readonly code = 'REGISTRY_CLOSED';
}

/** A bug inside the registry; it has stopped, and every waiting promise was rejected with this. */
export class RegistryFailedError extends PanoptesError {
  readonly code = 'REGISTRY_FAILED';
}

/** A batch is refused; `position` is the index of the change that was bad, if it was one. */
export class BatchError extends PanoptesError {
  readonly code = 'BATCH_REFUSED';

  constructor(
    message: string,
    readonly position: number | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A transaction is larger than the change log takes; the message names the limit. */
export class TransactionTooLargeError extends PanoptesError {
  readonly code = 'TRANSACTION_TOO_LARGE';
}

/** The supervisor is at its cap of observers. */
export class ObserverLimitError extends PanoptesError {
  readonly code = 'OBSERVER_LIMIT';

  constructor(
    readonly count: number,
    readonly max: number,
  ) {
    super(`Observer limit reached: ${count} (max: ${max})`);
  }
}

/** An observer of that name is registered already. */
export class DuplicateObserverError extends PanoptesError {
  readonly code = 'OBSERVER_DUPLICATE';

  constructor(readonly observer: string) {
    super(`an observer named '${observer}' is registered already; give this one another name`);
  }
}

/** No observer of that name is registered. */
export class ObserverNotFoundError extends PanoptesError {
  readonly code = 'OBSERVER_NOT_FOUND';
}

/**
 * An observer's start failed: its first, after which nothing of it is kept, or one that was asked for,
 * after which it goes on as after any other failure.
 */
export class ObserverStartError extends PanoptesError {
  readonly code = 'OBSERVER_START_FAILED';

  constructor(
    readonly observer: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`observer '${observer}' could not start: ${reason}`, options);
  }
}

/** An observer is not there to answer: restarting, quarantined, stopped or never registered. */
export class ObserverUnavailableError extends PanoptesError {
  readonly code = 'OBSERVER_UNAVAILABLE';
}

/** What a caller had asked for, as an error about it says it. */
export interface RefusedCommand {
  readonly kind: 'upsert' | 'remove' | 'update' | 'batch' | 'cleanup';
  /** The peer that it was about, when it was one. */
  readonly nodeId: string | undefined;
  /** How many peers it would have changed, evictions included. */
  readonly changes: number;
}

/** A critical observer vetoed a transaction; nothing was changed. */
export class ObserverVetoError extends PanoptesError {
  readonly code = 'OBSERVER_VETO';

  /**
   * @param observer - who
   * @param reason - why, in its own words
   * @param details - what it gave beside the reason, a copy
   */
  constructor(
    readonly observer: string,
    readonly reason: string,
    readonly details: unknown,
    readonly command: RefusedCommand,
  ) {
    super(`observer '${observer}' vetoed ${nameOf(command)}: ${reason}`);
  }
}

/** A critical observer did not vote in time; nothing was changed. */
export class VoteTimeoutError extends PanoptesError {
  readonly code = 'VOTE_TIMEOUT';

  constructor(
    readonly observer: string,
    timeoutMs: number,
    readonly command: RefusedCommand,
  ) {
    super(
      `observer '${observer}' did not vote on ${nameOf(command)} within ${timeoutMs} ms ` +
        `(voteTimeoutMs)`,
    );
  }
}

/** A critical observer could not vote: its handler threw or it died; nothing was changed. */
export class VoteFailedError extends PanoptesError {
  readonly code = 'VOTE_FAILED';

  constructor(
    readonly observer: string,
    readonly command: RefusedCommand,
    options: ErrorOptions,
  ) {
    super(
      `observer '${observer}' could not vote on ${nameOf(command)}: ${messageWithCause(options.cause)}`,
      options,
    );
  }
}

/** A critical observer waited for a command of its own in a call that keeps it from voting. */
export class ReentrantCommandError extends PanoptesError {
  readonly code = 'COMMAND_REENTRANT';
}

/** A command that an observer sent was refused; `commandCode` is the code of the refusal. */
export class ObserverCommandError extends PanoptesError {
  readonly code = 'OBSERVER_COMMAND_FAILED';

  constructor(
    message: string,
    readonly commandCode: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An observer's incarnation has failed or was stopped while something waited for its answer. */
export class ObserverCrashedError extends PanoptesError {
  readonly code = 'OBSERVER_CRASHED';
}

/** The supervisor ended an incarnation; `reason` says why, as in `RestartReason`. */
export class ObserverKilledError extends PanoptesError {
  readonly code = 'OBSERVER_KILLED';

  constructor(
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}

/** An observer was unregistered because it was inactive for too long. */
export class ObserverEvictedError extends PanoptesError {
  readonly code = 'OBSERVER_EVICTED';
}

/** Some observers did not reach a transaction in time. */
export class SettleTimeoutError extends PanoptesError {
  readonly code = 'SETTLE_TIMEOUT';
}

/** An observer reached for what belongs to other threads, or to the whole process. */
export class IsolationError extends PanoptesError {
  readonly code = 'OBSERVER_ISOLATED';
}

/** What code on an observer's thread threw, as it arrived here: `remoteName` was its class. */
export class ObserverError extends PanoptesError {
  readonly code = 'OBSERVER_ERROR';

  constructor(
    message: string,
    readonly remoteName: string,
    readonly remoteCode: string | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What was to be sent to or from an observer is too large, or cannot be copied. */
export class PayloadError extends PanoptesError {
  readonly code = 'PAYLOAD_REFUSED';
}

/** A query failed: it is unknown, its arguments or result cannot be sent, or it threw. */
export class QueryError extends PanoptesError {
  readonly code = 'QUERY_FAILED';
}

/** More queries of one observer wait for their answer than may. */
export class QueryLimitError extends PanoptesError {
  readonly code = 'QUERY_LIMIT';
}

/** An observer did not answer in time. */
export class QueryTimeoutError extends PanoptesError {
  readonly code = 'QUERY_TIMEOUT';
}

function nameOf({ kind, nodeId, changes }: RefusedCommand): string {
  if (nodeId !== undefined) return `the ${kind} of peer '${nodeId}'`;
  return `a ${kind} of ${changes} ${changes === 1 ? 'change' : 'changes'}`;
}
