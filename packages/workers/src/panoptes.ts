import {
  type Chance,
  type HostFactory,
  type ObserverHandle,
  ObserverNotFoundError,
  type ObserverRegistryStats,
  Registry,
  type RegistryClocks,
  type RegistryOptions,
  Supervisor,
  systemChance,
  systemClock,
} from '@panoptes/core';
import { type Logger, pino } from 'pino';
import { inlineHost } from './host/inline-host.js';
import { threadHost } from './host/thread-host.js';
import { type ObserverRegistration, specOf } from './observer-registration.js';
import type { AnyObserver } from './runtime/define-observer.js';

/** What `createRegistry` takes; what is left out gets its default. */
export interface CreateRegistryOptions extends RegistryOptions, RegistryClocks {
  /** Where state changes of observers are logged. Default: nowhere. */
  readonly logger?: Logger;
  /** Spreads restarts. Default: the machine's own chance. */
  readonly chance?: Chance;
}

/** How to wait for observers. */
export interface SettleOptions {
  /** Milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
}

type QueriesOf<Definition extends AnyObserver> = NonNullable<Definition['queries']>;

const defaultSettleMs = 30_000;

/** A registry with its observers. */
export class PeerRegistry extends Registry {
  readonly #supervisor: Supervisor;
  #closing: Promise<void> | undefined;

  /** @throws {ConfigError} when an option is not one it can be */
  constructor(options: CreateRegistryOptions = {}) {
    const { clock, logger, chance, ...rest } = options;
    super(rest, clock === undefined ? {} : { clock });
    this.#supervisor = new Supervisor({
      log: this.log,
      snapshots: this.snapshots,
      electorate: this.electorate,
      commands: this,
      makeHost: hostOf,
      config: this.config.observers,
      logger: logger ?? pino({ enabled: false }),
      clock: systemClock,
      chance: chance ?? systemChance,
    });
  }

  /**
   * Starts an observer, and resolves when it has read a snapshot and follows the log.
   *
   * ```ts
   * const routing = await registry.registerObserver<typeof kademlia>({ module, options: { k: 20 } });
   * await routing.query.closest(target, 20);
   * ```
   *
   * @throws {ConfigError | ObserverLimitError | DuplicateObserverError | ObserverStartError}
   */
  async registerObserver<Definition extends AnyObserver = AnyObserver>(
    registration: ObserverRegistration,
  ): Promise<ObserverHandle<QueriesOf<Definition>>> {
    return this.#supervisor.register(specOf(registration));
  }

  /**
   * Stops an observer and frees its thread and everything else that it had.
   *
   * @throws {ObserverNotFoundError} when there is none of that name
   */
  async unregisterObserver(name: string): Promise<void> {
    if (await this.#supervisor.unregister(name)) return;
    throw new ObserverNotFoundError(`there is no observer '${name}'`);
  }

  /** Starts a quarantined observer again. */
  reviveObserver(name: string): void {
    this.#supervisor.revive(name);
  }

  /**
   * Resolves when every observer that has not been given up has finished transaction `seq`, by
   * default the last one committed.
   *
   * @throws {SettleTimeoutError} naming those that have not
   */
  async settled(
    seq = this.lastSeq,
    { timeoutMs = defaultSettleMs }: SettleOptions = {},
  ): Promise<void> {
    await this.#supervisor.settled(seq, timeoutMs);
  }

  /** The figures of all observers. */
  getObserverStats(): ObserverRegistryStats {
    return this.#supervisor.stats();
  }

  /**
   * Drains and stops everything: waiting commands commit, observers get `drainTimeoutMs` to reach the
   * last transaction and are stopped in reverse order of registration. No thread is left.
   */
  override close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.drain();
    const { drainTimeoutMs } = this.config.observers;
    await this.#supervisor.settled(this.lastSeq, drainTimeoutMs).catch(() => undefined);
    await this.#supervisor.close();
    await super.close();
  }
}

/**
 * Makes a registry.
 *
 * ```ts
 * const registry = await createRegistry({ peers: { maxPeers: 10_000 } });
 * ```
 *
 * @throws {ConfigError} naming the first option that is not one it can be
 */
export async function createRegistry(options: CreateRegistryOptions = {}): Promise<PeerRegistry> {
  return Promise.resolve(new PeerRegistry(options));
}

const hostOf: HostFactory = (spec, ...rest) =>
  (spec.host === 'inline' ? inlineHost : threadHost)(spec, ...rest);
