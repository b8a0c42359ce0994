/** What an observer's owner has it do. Every call settles, whatever its incarnation does. */
export interface OwnerCalls {
  /**
   * Begins a new incarnation in the place of the present one, which is stopped as at unregistration. It
   * is no failure: nothing is waited for before, not even the rest of a backoff, and it does not count
   * towards quarantine. Resolves when the new one follows the log, or has started if it is paused.
   *
   * @throws {ObserverStartError} when that fails before; it goes on as after any other failure
   * @throws {ObserverUnavailableError} when it is quarantined (`reviveObserver` starts it) or has stopped
   * @throws {ObserverEvictedError} when it was evicted
   * @throws {ObserverTimeoutError} when it takes too long; it goes on
   * @throws {RegistryClosedError | RegistryFailedError} when the registry closes or fails before
   * @throws {ConfigError} when the time is none
   */
  restart(options?: WaitOptions): Promise<void>;
  /**
   * Has it get no transactions and no snapshots until `resume`, through restarts too: its thread lives on
   * and answers queries from what it knows. It is not waited for, neither by the log nor by `settled`,
   * and not evicted. A critical one is away for the votes. Resolves when none of its handlers runs any
   * more; a snapshot, or what a store has kept, is read to its end first. Of no effect while it is paused.
   *
   * @throws {ObserverTimeoutError} when a handler takes too long; it is paused when that has settled
   * @throws {ObserverUnavailableError} when it is resumed before, is quarantined, or has stopped
   * @throws {ObserverEvictedError | RegistryClosedError | RegistryFailedError | ConfigError} as `restart`
   */
  pause(options?: WaitOptions): Promise<void>;
  /**
   * Has it go on where it has paused; where the log is no longer there, it is brought up to date like one
   * that was overtaken. A critical one is in any case. Resolves when it follows the log. Of no effect
   * while it is not paused.
   *
   * @throws {ObserverTimeoutError} when it takes too long; it goes on when it can
   * @throws {ObserverUnavailableError} when it is paused again before, is quarantined, or has stopped
   * @throws {ObserverEvictedError | RegistryClosedError | RegistryFailedError | ConfigError} as `restart`
   */
  resume(options?: WaitOptions): Promise<void>;
}

/** How long to wait for what an observer is to do. */
export interface WaitOptions {
  /** Milliseconds, more than 0; `Infinity`: as long as it takes. Default 30,000. */
  readonly timeoutMs?: number;
}
