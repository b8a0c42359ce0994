/**
 * Why an observer is gone for good: `unregistered` or `evicted`, because the registry was `closed` or
 * has `failed`, because it could not start, or because it `ended` by itself and was not to be started
 * again.
 */
export type EndCode = 'unregistered' | 'evicted' | 'closed' | 'failed' | 'start-failed' | 'ended';

/** What an observer's owner is told when it is gone for good. */
export interface ObserverEnd {
  readonly code: EndCode;
  /**
   * How its last life ended when it was told to: `stopped` in good order, `killed` after its deadline,
   * `zombie` when its thread does not end, `none` when it had none; or as in `ExitReason`.
   */
  readonly exit: string;
  /** The last error of any of its lives. */
  readonly error: Error | undefined;
}
