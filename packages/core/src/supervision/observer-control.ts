import { type Clock, withDeadline } from '../clock.js';
import { errorOf } from '../error-of.js';
import { ObserverUnavailableError, RegistryClosedError } from '../errors.js';
import { ObserverTimeoutError } from '../observer-timeout-error.js';
import { evictedError, startError } from './observer-end.js';
import { type ObserverMachine, type ObserverSnapshot, stateOf } from './observer-machine.js';
import type { ObserverRecord } from './observer-record.js';
import { type ObserverState, idleStates } from './observer-state.js';
import type { OwnerCalls, WaitOptions } from './owner-calls.js';
import { waitLimitMs } from './wait-arguments.js';

/** Has an observer do what its owner wants, and waits until it has. */
export class ObserverControl implements OwnerCalls {
  readonly #machine: ObserverMachine;
  readonly #record: ObserverRecord;
  readonly #deps: ObserverControlDeps;

  constructor(machine: ObserverMachine, record: ObserverRecord, deps: ObserverControlDeps) {
    this.#machine = machine;
    this.#record = record;
    this.#deps = deps;
  }

  /** Begins a new incarnation in the place of the present one; see `OwnerCalls.restart`. */
  async restart(options?: WaitOptions): Promise<void> {
    const timeoutMs = waitLimitMs(options);
    this.#check();
    this.#record.touch();
    const before = this.#machine.getSnapshot().context.starts;
    this.#machine.send({ type: 'RESTART' });
    await this.#until('started again', timeoutMs, (state, { context }) => {
      if (context.starts === before) return false;
      if (failedStates.includes(state)) throw startError(this.#name, context.error);
      return state === 'paused' || followingStates.includes(state);
    });
  }

  /** Has it get nothing any more until `resume`; see `OwnerCalls.pause`. */
  async pause(options?: WaitOptions): Promise<void> {
    const timeoutMs = waitLimitMs(options);
    this.#check();
    this.#machine.send({ type: 'PAUSE', at: this.#deps.clock.now() });
    await this.#until('paused', timeoutMs, (state, { context }) => {
      if (context.pausedAt === undefined) throw this.#revoked('resumed', 'paused');
      return restingStates.includes(state);
    });
  }

  /** Has it follow the log again; see `OwnerCalls.resume`. */
  async resume(options?: WaitOptions): Promise<void> {
    const timeoutMs = waitLimitMs(options);
    this.#check();
    this.#record.touch();
    this.#machine.send({ type: 'RESUME' });
    await this.#until('resumed', timeoutMs, (state, { context }) => {
      if (context.pausedAt !== undefined) throw this.#revoked('paused', 'resumed');
      return followingStates.includes(state);
    });
  }

  get #name(): string {
    return this.#record.spec.name;
  }

  #revoked(what: string, before: string): ObserverUnavailableError {
    const message = `observer '${this.#name}' was to be ${what} before it was ${before}`;
    return new ObserverUnavailableError(message);
  }

  /** Throws when there is nothing that can be done with it any more. */
  #check(): void {
    const { failure, isClosed } = this.#deps;
    failure.throwIfAborted();
    const snapshot = this.#machine.getSnapshot();
    if (snapshot.context.isEvicted) throw evictedError(this.#name);
    const state = stateOf(snapshot);
    const who = `observer '${this.#name}'`;
    if (isClosed()) throw new RegistryClosedError(`the registry is closed; ${who} is ${state}`);
    if (!idleStates.includes(state)) return;
    const remedy = state === 'quarantined' ? 'reviveObserver starts it again' : 'register it again';
    const cause = this.#record.lastError;
    throw new ObserverUnavailableError(`${who} is ${state}; ${remedy}`, { cause });
  }

  /** Waits until it has come to a state, or never will. */
  async #until(
    what: string,
    timeoutMs: number,
    isThere: (state: ObserverState, snapshot: ObserverSnapshot) => boolean,
  ): Promise<void> {
    const machine = this.#machine;
    let subscription: { unsubscribe(): void } | undefined;
    const there = new Promise<void>((resolve, reject) => {
      const look = (): void => {
        const snapshot = machine.getSnapshot();
        try {
          if (isThere(stateOf(snapshot), snapshot)) resolve();
          else this.#check();
        } catch (error) {
          reject(errorOf(error));
        }
      };
      subscription = machine.subscribe({ next: look, error: look, complete: look });
      look();
    });
    const late = () => {
      const state = stateOf(machine.getSnapshot());
      const message = `observer '${this.#name}' is ${state}: it was not ${what} within ${timeoutMs} ms`;
      return new ObserverTimeoutError(`${message}, and still will be when it can`);
    };
    try {
      await withDeadline(this.#deps.clock, there, timeoutMs, late);
    } finally {
      subscription?.unsubscribe();
    }
  }
}

/** What it takes to have an observer do something. */
export interface ObserverControlDeps {
  readonly clock: Clock;
  /** Aborted when the registry has failed. */
  readonly failure: AbortSignal;
  /** Whether observers are stopped because the registry closes. */
  readonly isClosed: () => boolean;
}

const followingStates: readonly ObserverState[] = ['live', 'lagging'];
/** No handler runs, and none will while it is to pause. */
const restingStates: readonly ObserverState[] = ['paused', 'backoff'];
const failedStates: readonly ObserverState[] = ['crashed', 'stuck'];
