import type { CommandStats } from './command-figures.js';
import type { ObserverSpec } from '../supervision/host.js';
import type { ObserverState } from '../supervision/observer-machine.js';
import type { RestartReason } from '../supervision/observer-record.js';
import type { VoteStats } from '../voting/vote-figures.js';

/** One observer's figures, counted through all its lives. */
export interface ObserverStats {
  readonly name: string;
  readonly role: ObserverSpec['role'];
  readonly state: ObserverState;
  /** Which life it is in, from 1. */
  readonly incarnation: number;
  /** The last transaction it has finished. */
  readonly cursor: number;
  /** Transactions it is behind. */
  readonly lag: number;
  /** Transactions it has handled; those that a snapshot stood for are not among them. */
  readonly delivered: number;
  /** Times it was overtaken and got a new snapshot. */
  readonly resyncs: number;
  readonly restarts: number;
  /** Why its last lives ended, oldest first. */
  readonly reasons: readonly RestartReason[];
  /** Unix milliseconds. */
  readonly registeredAt: number;
  readonly lastError: Error | undefined;
  /** A critical observer's only. */
  readonly votes: VoteStats | undefined;
  /** Commands that it sent with `ctx.registry`. */
  readonly commands: CommandStats;
}

/** The figures of all observers at one moment. */
export class ObserverRegistryStats {
  readonly maxObservers: number;
  /** In the order of registration. */
  readonly observers: readonly ObserverStats[];
  readonly #now: number;

  /** @param now - Unix milliseconds, by the clock of the registration times */
  constructor(maxObservers: number, observers: readonly ObserverStats[], now: number) {
    this.maxObservers = maxObservers;
    this.observers = observers;
    this.#now = now;
  }

  /** Observers that count against the cap: all but the quarantined. */
  get observerCount(): number {
    return this.observers.filter(({ state }) => state !== 'quarantined').length;
  }

  get registeredObserverNames(): string[] {
    return this.observers.map(({ name }) => name);
  }

  /** Unix milliseconds by name. */
  get registrationTimes(): ReadonlyMap<string, number> {
    return new Map(this.observers.map(({ name, registeredAt }) => [name, registeredAt]));
  }

  /** How long the observers have been registered on average, in seconds; 0 without any. */
  averageLifetimeSecs(): number {
    if (this.observers.length === 0) return 0;
    const total = this.observers.reduce(
      (sum, { registeredAt }) => sum + this.#now - registeredAt,
      0,
    );
    return total / this.observers.length / 1000;
  }

  /** The observer that has been registered longest. */
  longestRunningObserver(): ObserverStats | undefined {
    return this.observers.reduce<ObserverStats | undefined>(
      (first, one) => (first === undefined || one.registeredAt < first.registeredAt ? one : first),
      undefined,
    );
  }
}
