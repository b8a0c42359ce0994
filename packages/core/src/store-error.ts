import { PanoptesError } from './errors.js';

/** What a registry's store could not do; `code` says which of them. */
export class StoreError extends PanoptesError {
  constructor(
    readonly code: StoreErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Another member writes on behalf of the registry by now, in a later epoch: this one commits nothing any more.
 * What it waited for may have been written before that, or not; the other knows.
 */
export class RegistryFencedError extends StoreError {
  constructor(message: string, options?: ErrorOptions) {
    super('STORE_FENCED', message, options);
  }
}

/** What can happen to a store. */
export type StoreErrorCode =
  /** The registry has no store. */
  | 'STORE_NONE'
  /** Another process, or another registry of this one, writes there. */
  | 'STORE_LOCKED'
  /** It cannot be read or written: no such folder, no permission, read-only. */
  | 'STORE_UNAVAILABLE'
  /** What lies there is not of this kind, or of another version. */
  | 'STORE_FORMAT'
  /** The entries that lie there have other fields than this release's. */
  | 'STORE_FIELDS'
  /** What lies there is damaged: no state that was ever stored. */
  | 'STORE_CORRUPT'
  /** There is no room for more. */
  | 'STORE_FULL'
  /** It did not get on for longer than the registry waits. */
  | 'STORE_STUCK'
  /** Another writes there by now, in a later epoch. */
  | 'STORE_FENCED'
  /** Changes from a seq so early on are not kept. */
  | 'STORE_HISTORY_GONE'
  /** It was closed. */
  | 'STORE_CLOSED'
  /** Anything else; the `cause` says what. */
  | 'STORE_FAILED';
