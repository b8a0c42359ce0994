import type { MessagePort } from 'node:worker_threads';
import {
  ConfigError,
  type Figures,
  type DeadLetter,
  type ObserverHandle,
  ObserverNotFoundError,
  type ObserverSpec,
  type PortOptions,
  type ObserverRegistryStats,
  Registry,
  type RegistryFailedError,
  type RegistryLife,
  type StoredObservers,
  Supervisor,
  describe,
  type figures,
  openLife,
  systemChance,
  systemClock,
  systemLoad,
} from '@panoptes/core';
import type { Logger } from 'pino';
import type { CreateRegistryOptions } from './create-registry-options.js';
import { endProcess } from './end-process.js';
import { openPort } from './connection/registry-port.js';
import { Hosts } from './host/hosts.js';
import { entriesFrom } from './host/installed-entries.js';
import { type ObserverRegistration, specOf } from './observer-registration.js';
import { checkGroup } from './process/process-group.js';
import { checkDurability, checkResume, depsOf } from './registry-deps.js';
import type { AnyObserver, MetricsOf, QueriesOf } from './runtime/define-observer.js';
import { textLogger } from './text-logger.js';

/** A registry with its observers. */
export class PeerRegistry extends Registry {
  readonly #supervisor: Supervisor;
  readonly #logger: Logger;
  readonly #stored: StoredObservers | undefined;
  readonly #hosts: Hosts;
  #closing: Promise<void> | undefined;

  /**
   * @param life - made of the store, which `createRegistry` opens
   * @throws {ConfigError} when an option is not one it can be
   */
  constructor(options: CreateRegistryOptions = {}, life?: RegistryLife) {
    const { clock, tracer, inspect, logger, chance, store, rest, ...entries } = depsOf(options);
    checkDurability(rest.durability, store, life);
    super(rest, { ...(clock !== undefined && { clock }), tracer, inspect }, life);
    this.#logger = logger === false ? textLogger('silent') : (logger ?? textLogger());
    this.#stored = this.storedObservers();
    this.#hosts = new Hosts(entriesFrom(entries), {
      origin: { id: this.id, epoch: this.epoch },
      hangTimeoutMs: this.config.observers.hangTimeoutMs,
    });
    this.#supervisor = new Supervisor({
      log: this.log,
      snapshots: this.snapshots,
      electorate: this.electorate,
      stored: this.#stored,
      commands: this,
      inspection: this.inspection,
      makeHost: this.#hosts.make,
      config: this.config.observers,
      logger: this.#logger,
      clock: systemClock,
      chance: chance ?? systemChance,
      system: systemLoad,
      failed: (cause) => this.fail(cause),
      failure: this.failure,
    });
    const { progress } = this.log;
    this.tracing?.follow({ progress, observers: this.#supervisor.observers });
    this.failure.addEventListener('abort', () => this.#sayWhy(), { once: true });
  }

  /** Opens the store of a registry, and makes it with the peers that are kept there; see `createRegistry`. */
  static async open(options: CreateRegistryOptions): Promise<PeerRegistry> {
    const { store, rest, ...deps } = depsOf(options);
    const own = { ...rest, ...deps };
    if (store === undefined) return new PeerRegistry(own);
    // Opening begins an epoch: what is wrong with the options is to be said before.
    const life = await openLife(store, rest);
    let registry: PeerRegistry | undefined;
    try {
      registry = new PeerRegistry({ ...own, store }, life);
      await registry.restore();
      return registry;
    } catch (error) {
      // What it says of its end is no news beside why it could not begin.
      await (registry ?? life.store!).close().catch(() => undefined);
      throw error;
    }
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
    registration: ObserverRegistration<Definition>,
  ): Promise<ObserverHandle<QueriesOf<Definition>, MetricsOf<Definition>>> {
    const spec = specOf(registration, this.config.observers.memoryLimitMb);
    this.checkSpec(spec);
    return this.#supervisor.register(spec);
  }

  /** @throws {PanoptesError} when such an observer cannot be one of this registry */
  protected checkSpec(spec: ObserverSpec): void {
    checkResume(spec, this.#stored);
    const { observers } = this.#supervisor;
    checkGroup(
      spec,
      Array.from(observers.values(), ({ record }) => record.spec),
    );
  }

  /**
   * The handle of an observer, for those who did not register it.
   *
   * @throws {ObserverNotFoundError} when there is none of that name
   */
  observer(name: string): ObserverHandle {
    return this.#supervisor.observer(name);
  }

  /**
   * Stops an observer and frees its thread and everything else that it had.
   *
   * @throws {ObserverNotFoundError} when there is none of that name
   */
  async unregisterObserver(name: string): Promise<void> {
    if (await this.#supervisor.unregister(name)) return;
    throw new ObserverNotFoundError(`there is no observer ${describe(name)}`);
  }

  /**
   * Unregisters every observer that has finished no transaction, answered no query and was not
   * touched for so long.
   *
   * @returns how many
   */
  async cleanupStaleObservers(timeoutSecs: number): Promise<number> {
    if (!Number.isFinite(timeoutSecs) || timeoutSecs < 0) {
      throw new ConfigError(
        `timeoutSecs: expected seconds from 0 on, got ${describe(timeoutSecs)}`,
      );
    }
    return this.#supervisor.evictStale(timeoutSecs * 1000);
  }

  /** Transactions that ended incarnations of observers and were skipped for them, the last, oldest first. */
  deadLetters(): DeadLetter[] {
    return this.#supervisor.deadLetters();
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
  async settled(seq = this.lastSeq, options?: SettleOptions): Promise<void> {
    await this.#supervisor.settled(seq, options);
  }

  /**
   * Opens a way for a caller on another thread. The port is to be transferred there, and connected with
   * `connectRegistry`.
   *
   * ```ts
   * const port = registry.port();
   * worker.postMessage(port, [port]);
   * ```
   *
   * It keeps no thread alive. What the caller had sent before its thread ended is still committed.
   *
   * @throws {ConfigError} when an option is not one it can be
   * @throws {RegistryClosedError | RegistryFailedError} when the registry takes no more commands
   */
  port(options: PortOptions = {}): MessagePort {
    return openPort(this.callers, options);
  }

  /** Callers on other threads: ports that are connected, or may be. */
  get connections(): number {
    return this.callers.size;
  }

  /** The figures of all observers. */
  getObserverStats(): ObserverRegistryStats {
    return this.#supervisor.stats();
  }

  /** The figures of a replica, as docs/FIGURES.md describes them; `undefined` of a registry that never was one. */
  replicaStats(): Figures<typeof figures.replica> | undefined {
    return undefined;
  }

  /**
   * Drains and stops everything: waiting commands commit, observers get `drainTimeoutMs` to reach the
   * last transaction and are stopped in reverse order of registration. No thread is left.
   *
   * @throws {StoreError} when everything has ended, if the store has not kept all of it; see `Registry.close`
   */
  override close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { drainTimeoutMs, zombies } = this.config.observers;
    try {
      await this.closing(
        () => this.drain(),
        () => this.#supervisor.drained(this.lastSeq, drainTimeoutMs).catch(() => undefined),
        () => this.tracing?.close(),
        () => this.#supervisor.close(),
        () => this.#hosts.close(),
        () => super.close(),
      );
    } finally {
      if (this.#supervisor.zombies > 0 && zombies === 'kill-process') {
        await endProcess(this.#logger);
      }
    }
  }

  protected override warn(facts: object, message: string): void {
    this.#logger.warn(facts, message);
  }

  #sayWhy(): void {
    const { code, message, cause } = this.failure.reason as RegistryFailedError;
    try {
      this.#logger.fatal({ code, err: cause }, message);
    } catch {
      // The logger may be what has failed; callers get the error from the registry.
    }
  }
}

/**
 * Makes a registry.
 *
 * ```ts
 * const registry = await createRegistry({ peers: { maxPeers: 10_000 } });
 * ```
 *
 * With a store it has the peers that are kept there, and goes on behind their last transaction:
 * `registry.lastSeq` and `registry.epoch` say where.
 *
 * @throws {ConfigError} naming the first option that is not one it can be
 * @throws {StoreError} when the store cannot be opened, or what is kept there is not what it should be
 */
export async function createRegistry(options: CreateRegistryOptions = {}): Promise<PeerRegistry> {
  return PeerRegistry.open(options);
}

/** How to wait for observers. */
export interface SettleOptions {
  /** Milliseconds, more than 0; `Infinity`: for as long as it takes. Default 30,000. */
  readonly timeoutMs?: number;
}
