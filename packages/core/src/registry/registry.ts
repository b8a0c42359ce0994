import { createHash } from 'node:crypto';
import { systemClock } from '../clock.js';
import { type RegistryConfig, type RegistryOptions, resolveConfig } from '../config.js';
import { isA } from '../error-of.js';
import type { ChangeLog } from '../log/change-log.js';
import { SnapshotTaker } from '../log/snapshot.js';
import type { Figures } from '../figure.js';
import type { logFigures } from '../figures.js';
import type { storeFigures } from '../store-figures.js';
import { ConfigError, type PanoptesError, RegistryClosedError, describe } from '../errors.js';
import { restorePeers } from './restore-peers.js';
import { untilDurable } from './until-durable.js';
import { PeerQueries } from '../peers/peer-queries.js';
import type { PeerTable } from '../peers/peer-table.js';
import { StoreError } from '../store-error.js';
import type { RegistryFigures } from './registry-counters.js';
import { takeAll } from '../tell-all.js';
import { MachineInspection } from '../tracing/machine-inspection.js';
import { Tracing } from '../tracing/tracing.js';
import type { Electorate } from '../voting/electorate.js';
import type { CallerDesk } from './caller-desk.js';
import type { CommandIntake } from './command-intake.js';
import { RegistryCommands } from './registry-commands.js';
import { RegistryActor, type StoreWarning } from './registry-actor.js';
import { RegistryLife } from './registry-life.js';
import { type RegistryPorts, ownPorts } from './registry-ports.js';
import type { OpenedStore } from './registry-store.js';
import { StoredObservers } from './stored-observers.js';
import { StoredRuns } from './stored-runs.js';
import { LogWatch, type Watch, type WatchOptions } from './watch.js';

/**
 * The registry actor: puts every change to the peers in one order, one transaction after another.
 *
 * Every command resolves when its transaction is committed and in the log, or rejects with a typed
 * error and has changed nothing. An entry is copied when it is passed in: changing the object
 * afterwards has no effect.
 */
export class Registry extends RegistryCommands implements AsyncDisposable {
  /** The peers, for reading. */
  readonly peers: PeerQueries;
  protected readonly config: RegistryConfig;
  protected readonly table: PeerTable;
  protected readonly log: ChangeLog;
  protected readonly snapshots: SnapshotTaker;
  protected readonly electorate: Electorate;
  protected readonly callers: CallerDesk;
  protected readonly tracing: Tracing | undefined;
  protected readonly inspection: MachineInspection | undefined;
  /** A UUID of its own, which it keeps through all lives that its store joins. */
  readonly id: string;
  protected readonly life: RegistryLife;
  protected readonly actor: RegistryActor;
  protected readonly intake: CommandIntake;

  /**
   * @param life - with a store it is to be restored before it is used
   * @throws {ConfigError} when an option is not one it can be
   */
  constructor(options: RegistryOptions = {}, ports: RegistryPorts = {}, life = new RegistryLife()) {
    super();
    if (!isA(life, RegistryLife)) {
      throw new ConfigError(`life: expected what openLife() gives, got ${describe(life)}`);
    }
    const { clock, tracer, inspect } = ownPorts(ports);
    this.config = resolveConfig(options);
    this.life = life;
    this.id = life.id;
    const warn: StoreWarning = (facts, message) => this.warn(facts, message);
    this.tracing = tracer && new Tracing(tracer, systemClock, warn);
    this.inspection = inspect && new MachineInspection(inspect, systemClock, warn);
    const watchers = { tracing: this.tracing, inspection: this.inspection };
    this.actor = new RegistryActor(this.config, clock, life, warn, watchers);
    this.intake = this.actor.intake;
    this.table = this.actor.table;
    this.log = this.actor.log;
    this.electorate = this.actor.electorate;
    this.callers = this.actor.callers;
    this.peers = new PeerQueries(this.table);
    this.snapshots = new SnapshotTaker(this.table, () => this.log.writer.checkpoint());
  }

  /**
   * The number of this life: 1 without a store, and one more each time that a store is opened. A replica's is
   * that of its primary, as far as it knows.
   */
  get epoch(): number {
    return this.life.epoch;
  }

  /** The last transaction's number, through all lives; 0 before the first. */
  get lastSeq(): number {
    return this.actor.seq;
  }

  /** The last transaction that is on disk; `undefined` without a store. */
  get durableSeq(): number | undefined {
    return this.actor.durability?.seq;
  }

  /**
   * Resolves when transaction `seq`, by default the last one committed, is on disk with all before it.
   *
   * @throws {StoreError} when there is no store (`STORE_NONE`), or it has failed
   * @throws {RegistryClosedError | RegistryFailedError} when the registry ended before that
   */
  async durable(seq = this.lastSeq): Promise<void> {
    await untilDurable(this.actor.durability, seq);
  }

  /**
   * The figures of the store, as docs/FIGURES.md describes them; `undefined` without one.
   *
   * @throws {StoreError} when the store's own are none
   */
  storeStats(): Figures<typeof storeFigures> | undefined {
    return this.actor.durability?.stats();
  }

  /** What the actor is doing, as in `open.idle`. */
  get state(): string {
    return this.actor.state;
  }

  /** Aborted when a bug has stopped the registry, for good; its reason is a `RegistryFailedError`. */
  get failure(): AbortSignal {
    return this.actor.failure;
  }

  /** Aborted when it was fenced, see `fence`; its reason says by whom. Another one once it follows that. */
  get fenced(): AbortSignal {
    return this.actor.fenced;
  }

  /** What the registry has counted since it started, as docs/FIGURES.md describes it. */
  get counters(): RegistryFigures {
    return this.actor.counters.figures();
  }

  /** The change log's figures, as docs/FIGURES.md describes them. */
  logStats(): Figures<typeof logFigures> {
    return this.log.stats();
  }

  /** Most peers at a time; with one more, another is evicted or the command refused. */
  get maxPeers(): number {
    return this.config.peers.maxPeers;
  }

  /** Commands that wait for their turn. */
  get waiting(): number {
    return this.actor.waiting;
  }

  /**
   * Follows the changes on the caller's own thread, from the next one on, until the registry closes,
   * `signal` is aborted or the loop is left. Events are plain objects. A loop that is so slow that the
   * log overtakes it gets a `Resync` with all peers, and the events after it, unless a store has kept the
   * changes in between. One that is never begun, or left, keeps nothing.
   *
   * With `from` it begins at that transaction, which may have been long ago or in an earlier life: what
   * neither the log nor the store has any more is a `Resync`, as well.
   *
   * ```ts
   * for await (const event of registry.watch({ kinds: ['PeerRemoved'] })) console.log(event.seq);
   * ```
   *
   * It does not keep the process alive by itself. When the registry fails, the loop throws its
   * `RegistryFailedError` after the last event.
   *
   * @throws {ConfigError} when the options are not ones it can have
   */
  watch(options: WatchOptions = {}): Watch {
    const { log, snapshots, failure } = this;
    const { store } = this.life;
    const history = store && this.#runsOf(store);
    return new LogWatch({ log, snapshots, failure, history }, options);
  }

  /** What its store keeps for its observers; undefined without one. */
  protected storedObservers(): StoredObservers | undefined {
    const { store } = this.life;
    if (store === undefined) return undefined;
    const hasFailed = (): boolean => this.actor.durability!.hasFailed;
    return new StoredObservers({
      log: this.log,
      store,
      runs: () => this.#runsOf(store),
      hasFailed,
    });
  }

  #runsOf(store: OpenedStore): StoredRuns {
    return new StoredRuns(store, this.id, (seq) => this.durable(seq));
  }

  /** A digest of all peers: two registries with equal peers have equal digests. */
  digest(): string {
    return this.table.digest();
  }

  /**
   * Stops the registry: takes no more commands, commits or rejects those that wait. Calling it again
   * waits for the same end.
   *
   * @throws {StoreError} when everything has ended, if what was committed is not on disk and the
   *   registry was not to go on without its store (`onStoreFailure`), or its store cannot be closed
   */
  close(): Promise<void> {
    return this.closing(
      () => this.drain(),
      () => this.endLog(),
      () => this.electorate.close(),
    );
  }

  /** Ends the log, when all of it is on disk, and gives the store back. */
  protected async endLog(): Promise<void> {
    const { durability } = this.actor;
    await durability?.drained();
    durability?.end(new RegistryClosedError('the registry is closed'));
    await takeAll(
      () => this.log.close(),
      () => durability?.close(),
      () => this.tracing?.close(),
    );
  }

  /**
   * Takes the peers that its store has kept, and has the store follow. To be called once, before
   * anything else, of a registry with one.
   *
   * @throws {StoreError} when they are not what they should be
   */
  protected async restore(): Promise<void> {
    if (this.life.store !== undefined) await restorePeers(this.table, this.life.store);
    this.actor.durability?.begin(this.snapshots);
  }

  /** Told of trouble with the store. */
  protected warn(_facts: object, _message: string): void {
    // Whoever has a logger says it there.
  }

  /**
   * Takes the steps of closing, each even if others throw. A bug in one fails the registry.
   *
   * @throws {StoreError | RegistryFailedError}
   */
  protected async closing(...steps: readonly (() => unknown)[]): Promise<void> {
    try {
      await takeAll(...steps);
    } catch (cause) {
      // Whatever has stopped the registry, nobody else says what is lost.
      if (isA(cause, StoreError)) throw cause;
      if (this.failure.aborted) return;
      this.fail(cause);
      throw this.failure.reason;
    }
  }

  /** `close`, at the end of the block of an `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * A digest of everything that a transaction changes, as it lies in memory: entries, slots, indexes,
   * the orders of expiry and eviction, and the log. Whatever leaves it equal has left no trace.
   */
  protected stateDigest(): string {
    const { position, seq } = this.log.writer.checkpoint();
    return createHash('sha256')
      .update(this.table.stateDigest())
      .update(`${position} ${seq}`)
      .update(this.log.memory.u8)
      .digest('hex');
  }

  /**
   * Takes no more commands: another life has begun elsewhere. Everything whose outcome has not been told is
   * rejected with the reason, usually a `RegistryFencedError`; peers, watches and observers stay. A store that
   * finds another writing there does the same.
   */
  fence(reason: PanoptesError): void {
    this.actor.fence(reason);
  }

  /** Stops the registry because of a bug: everything that waits, and all that comes, is rejected. */
  protected fail(cause: unknown): void {
    this.actor.fail(cause);
  }

  /** Takes no more commands, and resolves when those that wait have been committed or refused. */
  protected drain(): Promise<void> {
    return this.actor.drain();
  }
}
