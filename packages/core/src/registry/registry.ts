import { createHash } from 'node:crypto';
import { checkClock } from '../clock-argument.js';
import { type Clock, systemClock } from '../clock.js';
import { type RegistryConfig, type RegistryOptions, resolveConfig } from '../config.js';
import type { ChangeLog } from '../log/change-log.js';
import { SnapshotTaker } from '../log/snapshot.js';
import type { Figures, logFigures } from '../figures.js';
import { ownRecord } from '../own-record.js';
import type { PeerEntry, PeerInput } from '../peers/peer-entry.js';
import type { PeerPatch } from '../peers/peer-patch.js';
import { PeerQueries } from '../peers/peer-queries.js';
import type { PeerTable } from '../peers/peer-table.js';
import type { RegistryCounters } from './registry-counters.js';
import { takeAll } from '../tell-all.js';
import type { Electorate } from '../voting/electorate.js';
import type { BatchUpdate } from './batch-update.js';
import { type BulkResult, BulkUpsert } from './bulk-upsert.js';
import type { CallerDesk } from './caller-desk.js';
import type { CommandIntake } from './command-intake.js';
import type { BatchResult, CommandResult, UpdateFunction } from './commands.js';
import { metricsPatch, trustPatch } from './patch-arguments.js';
import { RegistryActor } from './registry-actor.js';
import type { BulkOptions, UpsertOptions } from './upsert-options.js';
import { LogWatch, type Watch, type WatchOptions } from './watch.js';

/**
 * The registry actor: puts every change to the peers in one order, one transaction after another.
 *
 * Every command resolves when its transaction is committed and in the log, or rejects with a typed
 * error and has changed nothing. An entry is copied when it is passed in: changing the object
 * afterwards has no effect.
 */
export class Registry implements AsyncDisposable {
  /** The peers, for reading. */
  readonly peers: PeerQueries;
  protected readonly config: RegistryConfig;
  protected readonly table: PeerTable;
  protected readonly log: ChangeLog;
  protected readonly snapshots: SnapshotTaker;
  protected readonly electorate: Electorate;
  protected readonly callers: CallerDesk;
  readonly #actor: RegistryActor;
  readonly #intake: CommandIntake;

  /** @throws {ConfigError} when an option is not one it can be */
  constructor(options: RegistryOptions = {}, clocks: RegistryClocks = {}) {
    const { clock = systemClock }: RegistryClocks = ownRecord(clocks, 'clocks', ['clock']);
    checkClock(clock);
    this.config = resolveConfig(options);
    this.#actor = new RegistryActor(this.config, clock);
    this.#intake = this.#actor.intake;
    this.table = this.#actor.table;
    this.log = this.#actor.log;
    this.electorate = this.#actor.electorate;
    this.callers = this.#actor.callers;
    this.peers = new PeerQueries(this.table);
    this.snapshots = new SnapshotTaker(this.table, () => this.log.writer.checkpoint());
  }

  /** The last transaction's number; 0 before the first. */
  get lastSeq(): number {
    return this.#actor.seq;
  }

  /** What the actor is doing, as in `open.idle`. */
  get state(): string {
    return this.#actor.state;
  }

  /** Aborted when a bug has stopped the registry, for good; its reason is a `RegistryFailedError`. */
  get failure(): AbortSignal {
    return this.#actor.failure;
  }

  /** What the registry has counted since it started. */
  get counters(): Readonly<Omit<RegistryCounters, 'countCommit' | 'countRefusal'>> {
    return this.#actor.counters;
  }

  /** The change log's figures, as docs/FIGURES.md describes them. */
  logStats(): Figures<typeof logFigures> {
    return this.log.stats();
  }

  /** Commands that wait for their turn. */
  get waiting(): number {
    return this.#actor.waiting;
  }

  /**
   * Adds a peer, or replaces what is known of it.
   *
   * @param peer - the identity, and any other field; what is left out has its default, also where the
   *   peer is known with something else. `update` changes some fields and leaves the rest
   * @returns the transaction's seq and what it did; `unchanged` when the entry was known as it is
   * @throws {PeerValidationError | DidError | IdentityConflictError | RateLimitError |
   *   RegistryOverloadedError | RegistryClosedError}
   */
  upsert(peer: PeerInput, options?: UpsertOptions): Promise<CommandResult<'added' | 'updated'>> {
    return this.#intake.upsert(peer, options);
  }

  /**
   * Upserts many peers, each a transaction of its own, without a promise for each. Takes them as fast
   * as they are committed, some thousands at a time, and waits while the queue is full. What is
   * refused is counted and does not end it.
   *
   * @param peers - any iterable; each as `upsert` takes it, copied when it is its turn
   * @returns their outcome, when the last one is committed or refused
   * @throws {PeerValidationError | ConfigError} when there is nothing to go through, or an option is
   *   not one it can be
   * @throws {RegistryClosedError | RegistryFailedError} when the registry takes no more before the end,
   *   and whatever the iteration throws; both when those taken before are settled. The iteration is
   *   ended, also while its next entry is awaited
   */
  async upsertMany(
    peers: Iterable<PeerInput> | AsyncIterable<PeerInput>,
    options?: BulkOptions,
  ): Promise<BulkResult> {
    return new BulkUpsert(this.#intake, options).run(peers);
  }

  /** Removes a peer; one that is not there is `unchanged`. */
  remove(nodeId: string): Promise<CommandResult<'removed'>> {
    return this.#intake.remove(nodeId);
  }

  /**
   * Changes a peer from what it is when the command's turn comes, without a race.
   *
   * @param change - fields to change, or a function from the entry to the next one
   * @throws {PeerNotFoundError} when there is no such peer
   * @throws {PeerUpdateError} when the function throws
   */
  update(nodeId: string, change: PeerPatch | UpdateFunction): Promise<CommandResult<'updated'>> {
    return this.#intake.update({ nodeId }, change);
  }

  /** `update` of the peer that has a public key, given as bytes or hex. */
  updateByPublicKey(
    publicKey: string | Uint8Array,
    change: PeerPatch | UpdateFunction,
  ): Promise<CommandResult<'updated'>> {
    return this.#intake.update({ publicKey }, change);
  }

  /** `update` of the peer that has a DID. */
  updateByDid(did: string, change: PeerPatch | UpdateFunction): Promise<CommandResult<'updated'>> {
    return this.#intake.update({ did }, change);
  }

  /** Changes a peer if it is known, and adds `peer`, as `upsert` takes it, if it is not. */
  updateOrInsert(
    peer: PeerInput,
    change: PeerPatch | UpdateFunction,
  ): Promise<CommandResult<'added' | 'updated'>> {
    return this.#intake.updateOrInsert(peer, change);
  }

  /** Changes some of a peer's connection metrics. */
  updateMetrics(
    nodeId: string,
    metrics: Partial<PeerEntry['connectionMetrics']>,
  ): Promise<CommandResult<'updated'>> {
    return this.#intake.updateBy(nodeId, () => metricsPatch(metrics));
  }

  /** Sets a peer's trust; what is below 0 or above 1 is taken as 0 or 1. */
  updateTrust(nodeId: string, trustScore: number): Promise<CommandResult<'updated'>> {
    return this.#intake.updateBy(nodeId, () => trustPatch(trustScore));
  }

  /**
   * Notes that a peer was seen.
   *
   * @param lastSeen - when, in Unix milliseconds; now unless given
   * @throws {PeerNotFoundError} when there is no such peer
   */
  touch(nodeId: string, lastSeen?: number): Promise<CommandResult<'updated'>> {
    return this.#intake.touch(nodeId, lastSeen);
  }

  /**
   * Commits all changes of a batch as one transaction, or none.
   *
   * @throws {BatchError} when one is bad; its `position` says which, its `cause` why
   * @throws {TransactionTooLargeError} when the change log cannot take it at once
   */
  commitBatch(batch: BatchUpdate): Promise<BatchResult> {
    return this.#intake.batch(batch);
  }

  /** Removes all expired peers, in transactions no larger than `maxBatchChanges` and the log allow. */
  async cleanupExpired(): Promise<{ readonly removed: number; readonly seq: number }> {
    let removed = 0;
    for (;;) {
      const swept = await this.#intake.sweepExpired();
      removed += swept.removed;
      if (swept.removed === 0) return { removed, seq: swept.seq };
    }
  }

  /**
   * Follows the changes on the caller's own thread, from the next one on, until the registry closes,
   * `signal` is aborted or the loop is left. Events are plain objects. A loop that is so slow that the
   * log overtakes it gets a `Resync` with all peers, and the events after it. One that is never begun,
   * or left, keeps nothing.
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
    return new LogWatch({ log, snapshots, failure }, options);
  }

  /** A digest of all peers: two registries with equal peers have equal digests. */
  digest(): string {
    return this.table.digest();
  }

  /**
   * Stops the registry: takes no more commands, commits or rejects those that wait. Calling it again
   * waits for the same end.
   */
  close(): Promise<void> {
    return this.closing(
      () => this.drain(),
      () => this.log.close(),
      () => this.electorate.close(),
    );
  }

  /** Takes the steps of closing, each even if others throw. A bug in one fails the registry. */
  protected async closing(...steps: readonly (() => unknown)[]): Promise<void> {
    try {
      await takeAll(...steps);
    } catch (cause) {
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

  /** Stops the registry because of a bug: everything that waits, and all that comes, is rejected. */
  protected fail(cause: unknown): void {
    this.#actor.fail(cause);
  }

  /** Takes no more commands, and resolves when those that wait have been committed or refused. */
  protected drain(): Promise<void> {
    return this.#actor.drain();
  }
}

/** Where a registry gets its time from. */
export interface RegistryClocks {
  /**
   * Time of peers and of events: expiry goes by its date, rate limits by its durations. A simulation
   * passes its own.
   * Default: the machine's.
   */
  readonly clock?: Clock;
}
