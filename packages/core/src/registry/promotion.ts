import { z } from 'zod';
import type { RegistryConfig } from '../config.js';
import type { ChangeLog } from '../log/change-log.js';
import type { SnapshotTaker } from '../log/snapshot.js';
import { parseOptions } from '../parse-options.js';
import { fieldsHash } from '../peers/fields-hash.js';
import { openStore } from './open-store.js';
import type { RegistryActor } from './registry-actor.js';
import type { RegistryLife } from './registry-life.js';
import type { KeptState, OpenedStore, RegistryStore } from './registry-store.js';
import { ReplicaError } from '../replica-errors.js';
import type { Replication } from './replication.js';
import { checkOrigin } from './run-order.js';
import { untilCommitted } from './until-committed.js';

/**
 * Begins a life of its own for a replica, which takes commands from then on. With a store it comes first to
 * where that is. When something is wrong with the store the replica goes on as it was, and the store is closed.
 *
 * @throws {ConfigError} when an option is not one it can be
 * @throws {ReplicaError} when the new life would not follow on the last one, or it is no replica any more
 * @throws {StoreError} when the store cannot be opened
 */
export async function promote(deps: PromotionDeps, options: PromoteOptions = {}): Promise<void> {
  const { life, replication } = deps;
  const { epoch, store, timeoutMs = usualMs } = parseOptions(promoteOptions, options, 'options');
  if (!life.isReplica) throw noReplica('it takes commands already');
  if (store !== undefined) {
    return await promoteWith(deps, store as RegistryStore, epoch, timeoutMs);
  }
  const next = (): number => {
    const known = replication.knownEpoch;
    if (epoch !== undefined && epoch <= known) throw notHigher(epoch, known);
    return epoch ?? known + 1;
  };
  next();
  await replication.close();
  // It may have heard of a later life in its last runs.
  begin(deps, next());
}

async function promoteWith(
  deps: PromotionDeps,
  store: RegistryStore,
  epoch: number | undefined,
  timeoutMs: number,
): Promise<void> {
  const { life, actor, replication, config } = deps;
  const opened = await openStore(store, { id: life.id, fields: fieldsHash }, config);
  const { kept } = opened;
  try {
    checkOrigin(kept, life);
    if (kept.epoch <= life.epoch) throw notHigher(kept.epoch, life.epoch);
    if (epoch !== undefined && kept.epoch < epoch) throw notHigher(kept.epoch, epoch - 1);
    await comeTo(deps, kept, timeoutMs);
    await replication.close();
    checkPlace(actor.seq, kept);
    begin(deps, kept.epoch, opened);
  } catch (error) {
    await opened.close().catch(() => undefined);
    throw error;
  }
}

/** Waits for what the store has and the replica has not. */
async function comeTo(
  { log, actor, replication }: PromotionDeps,
  kept: KeptState,
  timeoutMs: number,
): Promise<void> {
  await untilCommitted(log, kept.lastSeq, timeoutMs, () => replication.hopeless());
  checkPlace(actor.seq, kept);
}

function checkPlace(seq: number, { lastSeq }: KeptState): void {
  if (seq === lastSeq) return;
  throw new ReplicaError(
    'REPLICA_DIVERGED',
    `the store's last transaction is ${lastSeq}, and ${seq} is applied here: it is not the store of the ` +
      `primary that was followed; make the replica anew, from a snapshot of its primary`,
  );
}

function begin(
  { life, actor, snapshots }: PromotionDeps,
  epoch: number,
  store?: OpenedStore,
): void {
  if (!life.isReplica) throw noReplica('it was promoted meanwhile');
  actor.failure.throwIfAborted();
  if (actor.intake.isClosed) throw noReplica('it was closed meanwhile');
  life.promote(epoch, store);
  actor.promote(store, snapshots);
}

/** What a promotion depends on. */
export interface PromotionDeps {
  readonly actor: RegistryActor;
  readonly life: RegistryLife;
  readonly log: ChangeLog;
  readonly snapshots: SnapshotTaker;
  readonly replication: Replication;
  readonly config: RegistryConfig;
}

/** How a replica is promoted. */
export interface PromoteOptions {
  /**
   * The number of its life, higher than all that it has heard of. Default: the next one, or what the store
   * says; a store's is never lower than this.
   */
  readonly epoch?: number | undefined;
  /** Where its peers are kept from now on: that of the primary, which is fenced by opening it. Default: nowhere. */
  readonly store?: RegistryStore | undefined;
  /** How long it may take to come to where the store is, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number | undefined;
}

const isStore = (store: unknown): boolean =>
  typeof (store as Partial<RegistryStore> | null)?.open === 'function';
const promoteOptions = z.strictObject({
  epoch: z.int().min(1).optional(),
  store: z.custom<object>(isStore, 'expected a store, with a method open()').optional(),
  timeoutMs: z.number().positive().optional(),
});
const usualMs = 30_000;

const noReplica = (why: string): ReplicaError =>
  new ReplicaError('REPLICA_ENDED', `this registry is no replica that could be promoted: ${why}`);

const notHigher = (epoch: number, known: number): ReplicaError =>
  new ReplicaError(
    'REPLICA_EPOCH',
    `expected the epoch of the new life to be higher than ${known}, got ${epoch}`,
  );
