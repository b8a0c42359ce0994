import {
  ConfigError,
  type Figures,
  type ObserverSpec,
  type OpenedReplica,
  type PanoptesError,
  type PeerQueries,
  type PromoteOptions,
  RegistryReadOnlyError,
  type ReplicaLag,
  Replication,
  type RunSource,
  checkPort,
  demote,
  describe,
  type figures,
  openReplica,
  ownRecord,
  promote,
  resign,
  seqArgument,
  untilCommitted,
  waitLimitMs,
} from '@panoptes/core';
import type { CreateReplicaOptions } from './create-replica-options.js';
import { type CommandForward, ForwardingRegistry, ownForward } from './forwarding-registry.js';
import type { SettleOptions } from './panoptes.js';
import { depsOf } from './registry-deps.js';

/**
 * A registry whose transactions are those of a primary elsewhere: with the same seqs, times and reasons, and,
 * at the same seq, the same peers and digests. Its observers, watches and queries are those of any
 * registry; critical observers vote at the primary alone. It takes no commands of its own, unless they are
 * forwarded, until it is promoted.
 */
export class PeerReplica extends ForwardingRegistry {
  #replication: Replication;
  readonly #forward: CommandForward | undefined;
  /** Promotions and demotions, one after another. */
  #changing: Promise<unknown> = Promise.resolve();

  protected constructor(...[options, { life, source }, forward]: ReplicaParts) {
    super(options, life);
    const { actor, log, snapshots } = this;
    this.#replication = new Replication({ source, actor, life, log, snapshots });
    this.#forward = forward;
  }

  /** Asks a source for a state, and makes a replica that follows from there; see `createReplica`. */
  static async follow(options: CreateReplicaOptions): Promise<PeerReplica> {
    return PeerReplica.following(options, (...parts) => new PeerReplica(...parts));
  }

  /**
   * The same, of another class.
   *
   * @param make - makes it, before it has any peers
   */
  protected static async following<Made extends PeerReplica>(
    options: CreateReplicaOptions,
    make: (...parts: ReplicaParts) => Made,
  ): Promise<Made> {
    const { source, forward, ...own }: Partial<CreateReplicaOptions> = ownRecord(
      options,
      'options',
      names,
    );
    checkPort('source', source, sourceMethods);
    const taker = forward === undefined ? undefined : ownForward(forward);
    const { rest, store, ...deps } = depsOf(own);
    if (store !== undefined) throw new ConfigError(noStore);
    const opened = await openReplica(source!, rest);
    let replica: Made | undefined;
    try {
      replica = make({ ...rest, ...deps }, opened, taker);
      await replica.#replication.begin(opened.snapshot);
      return replica;
    } catch (error) {
      // What it says of its end is no news beside why it could not begin.
      await (replica ?? opened.source).close().catch(() => undefined);
      throw error;
    }
  }

  /** Whether it follows a primary, and takes no commands of its own. */
  get isReplica(): boolean {
    return this.life.isReplica;
  }

  /** How far it is behind the newest transaction that its source knows of; nothing, once it is promoted. */
  get lag(): ReplicaLag {
    return this.isReplica ? this.#replication.lag : { transactions: 0, ms: 0 };
  }

  override replicaStats(): Figures<typeof figures.replica> {
    const { transactions: lag, ms: lagMs } = this.lag;
    const follows = this.isReplica && this.#replication.isFollowing ? 1 : 0;
    return { follows, lag, lagMs };
  }

  /**
   * Resolves when it follows its primary no more: with the error that stopped it, or with nothing when its
   * source has ended, or it was promoted or closed. What it has stays to be read, and it may be promoted.
   * Once it was demoted, of what it follows from then on.
   */
  get ended(): Promise<PanoptesError | undefined> {
    return this.#replication.ended;
  }

  /**
   * Resolves with the peers when transaction `seq` is here, such as one that the primary has acknowledged.
   *
   * ```ts
   * const { seq } = await primary.upsert(peer);
   * const peers = await replica.atLeast(seq);
   * ```
   *
   * @throws {ReplicaError} when it does not come in time (`REPLICA_BEHIND`), or never will (`REPLICA_ENDED`)
   * @throws {ConfigError | RegistryClosedError | RegistryFailedError}
   */
  async atLeast(seq: number, options?: SettleOptions): Promise<PeerQueries> {
    const hopeless = (): Error | undefined => {
      if (this.failure.aborted) return this.failure.reason as Error;
      return this.isReplica ? this.#replication.hopeless() : undefined;
    };
    await untilCommitted(this.log, seqArgument(seq), waitLimitMs(options), hopeless);
    return this.peers;
  }

  /**
   * Makes it a primary: from then on it takes commands, in a life with a higher `epoch`, and is followed by
   * others. Its observers and watches go on. With a store, which is that of the primary before, it has first
   * what that has, and goes on there.
   *
   * @throws {ConfigError} when an option is not one it can be
   * @throws {ReplicaError} when the new life would not follow on the last one, or it is no replica any more
   * @throws {StoreError} when the store cannot be opened
   */
  promote(options?: PromoteOptions): Promise<void> {
    return this.#change(() => {
      const { actor, life, log, config, snapshots } = this;
      const deps = { actor, life, log, config, snapshots, replication: this.#replication };
      return promote(deps, options);
    });
  }

  /**
   * Makes it a replica again when it was promoted, and then fenced (`registry.fenced`): it takes the peers of
   * the primary that has taken its place, and follows that. Its observers and watches go on, with a resync:
   * what it had committed and not kept is gone. When it rejects, the source is closed, and another may be given.
   *
   * @throws {ReplicaError} when it was not fenced, or the source gives no state to go on from
   * @throws {ConfigError} when that is none
   */
  demote(source: RunSource): Promise<void> {
    return this.#change(() => {
      checkPort('source', source, sourceMethods);
      const { actor, life, log, config, snapshots } = this;
      const follows = (replication: Replication): void => void (this.#replication = replication);
      return demote({ actor, life, log, config, snapshots, follows }, source);
    });
  }

  /**
   * Has it, a primary, take no more commands of its own accord: when all that it has taken are committed, and
   * kept if it has a store, it is fenced, and may be demoted or closed.
   *
   * @throws what keeps it from that
   */
  protected giveUp(): Promise<void> {
    const { actor, life } = this;
    return this.#change(() => resign({ actor, life }));
  }

  #change(change: () => Promise<void>): Promise<void> {
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  protected override checkSpec(spec: ObserverSpec): void {
    super.checkSpec(spec);
    if (!this.isReplica || spec.role !== 'critical') return;
    throw new RegistryReadOnlyError(
      `option 'role': observer ${describe(spec.name)} would vote on what the primary is about to commit; ` +
        `register it there, or promote this replica first`,
    );
  }

  /** As a registry's; what has come of its primary's transactions is applied first. */
  override async close(): Promise<void> {
    const stopped = this.#replication.close().catch((error: unknown) => error);
    await this.#changing;
    await stopped;
    // It may have been demoted meanwhile.
    await this.#replication.close().catch((error: unknown) => error);
    await super.close();
  }

  protected get taker(): CommandForward | undefined {
    return this.isReplica ? this.#forward : undefined;
  }
}

/**
 * Makes a replica of a registry that is elsewhere, with the peers of a state that its source has, and
 * follows from there.
 *
 * ```ts
 * const replica = await createReplica({ source });
 * const peers = await replica.atLeast(seq);
 * ```
 *
 * @throws {ConfigError} naming the first option that is not one it can be
 * @throws {ReplicaError} when the source gives no state, or one that is none
 */
export async function createReplica(options: CreateReplicaOptions): Promise<PeerReplica> {
  return PeerReplica.follow(options);
}

/** What a replica is made of: its options, what it begins with, and who takes its commands. */
export type ReplicaParts = readonly [
  options: Omit<CreateReplicaOptions, 'source' | 'forward'>,
  opened: OpenedReplica,
  forward: CommandForward | undefined,
];

const names: readonly (keyof CreateReplicaOptions)[] = ['source', 'forward'];
const sourceMethods = ['snapshot', 'runs', 'newest', 'close'];
const noStore = `option 'store': a replica has none before it is promoted; give it to promote()`;
