import { messageWithCause } from '../error-of.js';
import { ObserverEvictedError, ObserverStartError } from '../errors.js';

/** What an observer's owner is told when it is gone for good. */
export interface ObserverEnd {
  readonly code: EndCode;
  /**
   * How its last incarnation ended: `stopped`, as it was asked to; `killed`, as it did not stop in time;
   * `zombie`, its thread does not end; or why it failed, as in `RestartReason`, also when that was
   * before it was told to stop, or while it stopped. `exit-0` when its thread ended by itself;
   * `none` when it never had an incarnation.
   */
  readonly exit: string;
  /** The last error of any of its incarnations. */
  readonly error: Error | undefined;
}

/**
 * Why an observer is gone for good: `unregistered` or `evicted`, because the registry was `closed` or
 * has `failed`, because it could not start, or because it `ended` by itself and was not to be started
 * again.
 */
export type EndCode = 'unregistered' | 'evicted' | 'closed' | 'failed' | 'start-failed' | 'ended';

/** What a start failed with, for its caller. */
export function startError(name: string, cause: unknown): ObserverStartError {
  const why = cause === undefined ? 'it was stopped' : messageWithCause(cause);
  return new ObserverStartError(name, why, { cause });
}

/** What calls on an evicted observer fail with. */
export const evictedError = (name: string): ObserverEvictedError =>
  new ObserverEvictedError(
    `observer '${name}' was evicted, because it was inactive for too long; register it again`,
  );
