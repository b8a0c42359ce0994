import type { RegistryConfig } from '../config.js';
import type { ChangeLog } from '../log/change-log.js';
import type { SnapshotTaker } from '../log/snapshot.js';
import { ReplicaError } from '../replica-errors.js';
import { RegistryFencedError } from '../store-error.js';
import { BatchUpdate } from './batch-update.js';
import { CheckedSource } from './checked-source.js';
import type { RegistryActor } from './registry-actor.js';
import type { RegistryLife } from './registry-life.js';
import { Replication } from './replication.js';
import type { RunSource } from './run-source.js';

/**
 * Has a registry that was fenced follow the primary that has taken its place. It takes the peers of a
 * snapshot in the place of its own, of which the last may never have been kept: its observers and watches
 * resync. When something is wrong with the source it stays fenced, and the source is closed.
 *
 * @throws {ReplicaError} when it was not fenced, or the source gives no state to go on from
 */
export async function demote(deps: DemotionDeps, source: RunSource): Promise<void> {
  const { actor, life, log, snapshots, config, follows } = deps;
  const checked = new CheckedSource(source, config);
  const replication = new Replication({ source: checked, actor, life, log, snapshots });
  try {
    checkFenced(actor);
    const begin = await replication.load();
    await actor.leaveStore();
    // It may have been closed meanwhile, or have failed.
    checkFenced(actor);
    // Whoever waits for a transaction is woken by what comes now, and asks it.
    follows(replication);
    actor.follow();
    begin();
  } catch (error) {
    await checked.close().catch(() => undefined);
    throw error;
  }
}

/**
 * Has a primary take no more commands of its own accord, when all that it has taken are committed and kept:
 * another may take its place, and nothing of what it was asked is of unknown outcome.
 *
 * @throws what keeps it from that; then it has been fenced, or has failed
 */
export async function resign({ actor, life }: Pick<DemotionDeps, 'actor' | 'life'>): Promise<void> {
  if (life.isReplica) throw noPrimary('it is a replica');
  const { intake } = actor;
  // Its turn comes behind all others, and its outcome rests on theirs.
  const last = intake.batch(new BatchUpdate());
  const reason = new RegistryFencedError(
    'this member has resigned, and takes no more commands as the primary; nothing came of this one',
  );
  intake.setReadOnly(reason);
  try {
    await last;
    await actor.durability?.reached(actor.seq);
  } catch (error) {
    // As when too many commands wait.
    if (!actor.fenced.aborted) intake.setReadOnly(undefined);
    throw error;
  }
  actor.fence(reason);
}

/** What a demotion depends on. */
export interface DemotionDeps {
  readonly actor: RegistryActor;
  readonly life: RegistryLife;
  readonly log: ChangeLog;
  readonly snapshots: SnapshotTaker;
  readonly config: RegistryConfig;
  /** Is handed what follows from then on, just before it does. */
  readonly follows: (replication: Replication) => void;
}

function checkFenced({ fenced, failure, intake }: RegistryActor): void {
  failure.throwIfAborted();
  if (intake.isClosed) throw noPrimary('it is closed');
  if (!fenced.aborted) throw noPrimary('it was not fenced');
}

const noPrimary = (why: string): ReplicaError =>
  new ReplicaError(
    'REPLICA_ENDED',
    `this registry is no primary that could follow another in its place: ${why}`,
  );
