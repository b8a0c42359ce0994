import { existsSync } from 'node:fs';
import type { Writable } from 'node:stream';
import type { MessagePort } from 'node:worker_threads';
import {
  type Chance,
  ConfigError,
  type DeadLetter,
  type HostFactory,
  type MetricsOptions,
  type ObserverHandle,
  type ObserverMetrics,
  ObserverNotFoundError,
  type PortOptions,
  type ObserverRegistryStats,
  Registry,
  type RegistryFailedError,
  type RegistryClocks,
  type RegistryOptions,
  Supervisor,
  describe,
  systemChance,
  systemClock,
  systemLoad,
} from '@panoptes/core';
import { type Logger, pino } from 'pino';
import { openPort } from './connection/registry-port.js';
import { namedHosts } from './host/hosts.js';
import { moduleUrl } from './module-url.js';
import { type ObserverRegistration, specOf } from './observer-registration.js';
import { packageFile } from './package-file.js';
import { depsOf } from './registry-deps.js';
import type { AnyObserver, MetricsOf, QueriesOf } from './runtime/define-observer.js';
import { textLogger } from './text-logger.js';

/** A registry with its observers. */
export class PeerRegistry extends Registry {
  readonly #supervisor: Supervisor;
  readonly #logger: Logger;
  #closing: Promise<void> | undefined;

  /** @throws {ConfigError} when an option is not one it can be */
  constructor(options: CreateRegistryOptions = {}) {
    const { clock, logger, chance, workerEntry, rest } = depsOf(options);
    super(rest, clock === undefined ? {} : { clock });
    this.#logger = logger === false ? textLogger('silent') : (logger ?? textLogger());
    this.#supervisor = new Supervisor({
      log: this.log,
      snapshots: this.snapshots,
      electorate: this.electorate,
      commands: this,
      makeHost: hostsFrom(workerEntry),
      config: this.config.observers,
      logger: this.#logger,
      clock: systemClock,
      chance: chance ?? systemChance,
      system: systemLoad,
      failed: (cause) => this.fail(cause),
      failure: this.failure,
    });
    this.failure.addEventListener('abort', () => this.#sayWhy(), { once: true });
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
    return this.#supervisor.register(specOf(registration, this.config.observers.memoryLimitMb));
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

  /**
   * Reads the figures of an observer's own, as `ObserverHandle.metrics` does.
   *
   * @throws {ObserverNotFoundError} when there is none of that name
   * @throws {QueryError} when it has none
   */
  async observerMetrics(name: string, options?: MetricsOptions): Promise<ObserverMetrics> {
    return this.#supervisor.metrics(name, options);
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
    const { drainTimeoutMs, zombies } = this.config.observers;
    await this.closing(
      () => this.drain(),
      () => this.#supervisor.drained(this.lastSeq, drainTimeoutMs).catch(() => undefined),
      () => this.#supervisor.close(),
      () => super.close(),
    );
    if (this.#supervisor.zombies > 0 && zombies === 'kill-process') await endProcess(this.#logger);
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
 * @throws {ConfigError} naming the first option that is not one it can be
 */
export async function createRegistry(options: CreateRegistryOptions = {}): Promise<PeerRegistry> {
  return Promise.resolve(new PeerRegistry(options));
}

/** What `createRegistry` takes; what is left out gets its default. */
export interface CreateRegistryOptions extends RegistryOptions, RegistryClocks {
  /**
   * Where observers are logged: their crashes and what they print on stderr as warnings, changes of
   * their state and the rest of what they print as information. Default: warnings and errors, as
   * text on stderr; `false`: nowhere.
   */
  readonly logger?: Logger | false;
  /**
   * Spreads restarts. It must give a number at once, and is asked for one when the registry opens.
   * Default: the machine's own chance.
   */
  readonly chance?: Chance;
  /**
   * The module with which the threads of observers start, a URL or its text: for programs that are
   * bundled, and for what is to be loaded before any observer. It must import
   * `@panoptes/workers/worker`, or be made of it. Default: that module as it was installed.
   */
  readonly workerEntry?: URL | string;
}

/** How to wait for observers. */
export interface SettleOptions {
  /** Milliseconds, more than 0; `Infinity`: for as long as it takes. Default 30,000. */
  readonly timeoutMs?: number;
}

/** How long a log may take to be written before its process ends. */
const lastWordsMs = 1_000;

/**
 * Ends this process at once, after what was logged has been written. A thread that is blocked in a
 * system call cannot be ended from within, and `process.exit` would wait for it for ever.
 */
async function endProcess(logger: Logger): Promise<void> {
  try {
    logger.fatal('a thread does not end; this process ends itself (observers.zombies)');
  } catch {
    // It ends all the same.
  }
  const { [pino.symbols.streamSym]: stream } = logger as unknown as Record<
    symbol,
    Partial<Writable>
  >;
  // A destination calls a flush done while its last write is under way; its end, only after that.
  const written = new Promise<void>((resolve) => {
    systemClock.after(lastWordsMs, resolve);
    stream?.once?.('close', resolve);
    stream?.end?.();
  });
  // One that cannot be ended has nothing more to say.
  await written.catch(() => undefined);
  process.kill(process.pid, 'SIGKILL');
}

/** @throws {ConfigError} when it is no URL of a file, or there is no such file */
function entryNamed(entry: URL | string): URL {
  const url = moduleUrl('workerEntry', entry);
  if (url.protocol !== 'file:' || existsSync(url)) return url;
  throw new ConfigError(`option 'workerEntry': there is no file ${describe(url.href)}`);
}

/** @param entry - where threads start; found when the first one does, for a registry may have none */
function hostsFrom(entry: URL | string | undefined): HostFactory {
  let url = entry === undefined ? undefined : entryNamed(entry);
  return namedHosts(
    () =>
      (url ??= packageFile(
        './runtime/worker-entry.js',
        '@panoptes/workers/worker',
        `a program that is bundled names its own with createRegistry's option 'workerEntry'`,
      )),
  );
}
