import type { PeerEntry, PeerInput } from '../peers/peer-entry.js';
import type { PeerPatch } from '../peers/peer-patch.js';
import type { BatchUpdate } from './batch-update.js';
import { cleanUp } from './clean-up.js';
import { type BulkResult, BulkUpsert } from './bulk-upsert.js';
import type { CommandIntake } from './command-intake.js';
import type { BatchResult, CommandResult, UpdateFunction } from './commands.js';
import { metricsPatch, trustPatch } from './patch-arguments.js';
import type { BulkOptions, UpsertOptions } from './upsert-options.js';

/** What may be asked of a registry that changes its peers. */
export abstract class RegistryCommands {
  protected abstract readonly intake: CommandIntake;

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
    return this.intake.upsert(peer, options);
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
    return new BulkUpsert(this.intake, options).run(peers);
  }

  /** Removes a peer; one that is not there is `unchanged`. */
  remove(nodeId: string): Promise<CommandResult<'removed'>> {
    return this.intake.remove(nodeId);
  }

  /**
   * Changes a peer from what it is when the command's turn comes, without a race.
   *
   * @param change - fields to change, or a function from the entry to the next one
   * @throws {PeerNotFoundError} when there is no such peer
   * @throws {PeerUpdateError} when the function throws
   */
  update(nodeId: string, change: PeerPatch | UpdateFunction): Promise<CommandResult<'updated'>> {
    return this.intake.update({ nodeId }, change);
  }

  /** `update` of the peer that has a public key, given as bytes or hex. */
  updateByPublicKey(
    publicKey: string | Uint8Array,
    change: PeerPatch | UpdateFunction,
  ): Promise<CommandResult<'updated'>> {
    return this.intake.update({ publicKey }, change);
  }

  /** `update` of the peer that has a DID. */
  updateByDid(did: string, change: PeerPatch | UpdateFunction): Promise<CommandResult<'updated'>> {
    return this.intake.update({ did }, change);
  }

  /** Changes a peer if it is known, and adds `peer`, as `upsert` takes it, if it is not. */
  updateOrInsert(
    peer: PeerInput,
    change: PeerPatch | UpdateFunction,
  ): Promise<CommandResult<'added' | 'updated'>> {
    return this.intake.updateOrInsert(peer, change);
  }

  /** Changes some of a peer's connection metrics. */
  updateMetrics(
    nodeId: string,
    metrics: Partial<PeerEntry['connectionMetrics']>,
  ): Promise<CommandResult<'updated'>> {
    return this.intake.updateBy(nodeId, () => metricsPatch(metrics));
  }

  /** Sets a peer's trust; what is below 0 or above 1 is taken as 0 or 1. */
  updateTrust(nodeId: string, trustScore: number): Promise<CommandResult<'updated'>> {
    return this.intake.updateBy(nodeId, () => trustPatch(trustScore));
  }

  /**
   * Notes that a peer was seen.
   *
   * @param lastSeen - when, in Unix milliseconds; now unless given
   * @throws {PeerNotFoundError} when there is no such peer
   */
  touch(nodeId: string, lastSeen?: number): Promise<CommandResult<'updated'>> {
    return this.intake.touch(nodeId, lastSeen);
  }

  /**
   * Commits all changes of a batch as one transaction, or none.
   *
   * @throws {BatchError} when one is bad; its `position` says which, its `cause` why
   * @throws {TransactionTooLargeError} when the change log cannot take it at once
   */
  commitBatch(batch: BatchUpdate): Promise<BatchResult> {
    return this.intake.batch(batch);
  }

  /** Removes all expired peers, in transactions no larger than `maxBatchChanges` and the log allow. */
  cleanupExpired(): Promise<{ readonly removed: number; readonly seq: number }> {
    return cleanUp(() => this.intake.sweepExpired());
  }
}
