import type { CommandStats } from './command-figures.js';
import type { ObserverSpec } from './observer-terms.js';
import type { ObserverState } from './observer-state.js';
import type { RestartReason } from './restart-reason.js';
import type { Figures } from '../figure.js';
import type { observerFigures, supervisorFigures } from '../figures.js';
import type { VoteStats } from '../voting/vote-figures.js';

/** One observer's figures; the numbers are described in `figures.ts`. */
export interface ObserverStats extends Figures<typeof observerFigures> {
  readonly name: string;
  readonly role: ObserverSpec['role'];
  /** Name of the host that it runs on, such as `thread`. */
  readonly host: string;
  readonly state: ObserverState;
  /** Why its last incarnations ended, oldest first. */
  readonly reasons: readonly RestartReason[];
  readonly lastError: Error | undefined;
  /** A critical observer's only. */
  readonly votes: VoteStats | undefined;
  /** Whether it has figures of its own, which `observerMetrics` reads. */
  readonly hasMetrics: boolean;
  /** Commands that it sent with `ctx.registry`. */
  readonly commands: CommandStats;
}

/** The supervisor's own figures; the numbers are described in `figures.ts`. */
export interface SupervisorStats extends Figures<typeof supervisorFigures> {
  /** Observers that ended by themselves within the last minute, oldest first. */
  readonly ended: readonly ObserverStats[];
}

/** The figures of all observers at one moment. */
export class ObserverRegistryStats {
  readonly maxObservers: number;
  /** In the order of registration. */
  readonly observers: readonly ObserverStats[];
  readonly supervisor: SupervisorStats;
  readonly #now: number;

  /** @param now - Unix milliseconds, by the clock of the registration times */
  constructor(
    maxObservers: number,
    observers: readonly ObserverStats[],
    now: number,
    supervisor: SupervisorStats,
  ) {
    this.maxObservers = maxObservers;
    this.observers = observers;
    this.supervisor = supervisor;
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
