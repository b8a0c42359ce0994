import { type Clock, type ObserverHandle, type PanoptesError, messageOf } from '@panoptes/core';
import type { StreamWatch } from '@panoptes/cluster';
import { type PeerReplica, createReplica } from '@panoptes/workers';
import type { Logger } from 'pino';
import { loadCluster } from '../commands/cluster-flags.js';
import { type StreamPlace, inFlags } from '../commands/stream-flags.js';
import type { PlayedObserver } from '../observers/observer-module.js';
import {
  type EndReason,
  type FollowEnd,
  type FollowFigures,
  followSchema,
} from './follow-document.js';

/** A replica of a registry in a stream, with observers, and what is known of its primary. */
export class FollowedStream {
  readonly replica: PeerReplica;
  readonly #name: string;
  readonly #watch: StreamWatch;
  readonly #clock: Clock;
  readonly #handles: ObserverHandle[] = [];
  #problem: string | null = null;

  private constructor(name: string, replica: PeerReplica, watch: StreamWatch, clock: Clock) {
    this.#name = name;
    this.replica = replica;
    this.#watch = watch;
    this.#clock = clock;
    void replica.ended.then((error) => {
      if (error !== undefined) this.#problem = messageOf(error);
    });
  }

  /**
   * Begins to follow, and starts the observers.
   *
   * @throws {ConfigError | StoreError | ReplicaError} when there is nothing to follow
   * @throws the error of the start of an observer
   */
  static async open(
    place: StreamPlace,
    observers: readonly PlayedObserver[],
    { logger, clock }: { readonly logger: Logger | false; readonly clock: Clock },
  ): Promise<FollowedStream> {
    const { streamSource, watchStream } = await loadCluster('--cluster');
    const watch = await watchStream(place).catch((error: unknown) => {
      throw inFlags(error);
    });
    let followed: FollowedStream | undefined;
    try {
      const replica = await createReplica({ source: streamSource(place), logger });
      followed = new FollowedStream(place.name, replica, watch, clock);
      await followed.#register(observers);
      return followed;
    } catch (error) {
      await (followed ?? watch).close();
      throw error;
    }
  }

  /** Resolves when no more transactions will come, with what stopped them if something did. */
  get ended(): Promise<PanoptesError | undefined> {
    return this.replica.ended;
  }

  /** Resolves when transaction `seq` is here; never, when it will not come. */
  async reached(seq: number): Promise<void> {
    const reached = this.replica.atLeast(seq, { timeoutMs: Number.POSITIVE_INFINITY });
    // What ends it is told by `ended`, and whoever closes it waits no more.
    await reached.catch(() => new Promise(() => undefined));
  }

  figures(): FollowFigures {
    const { replica } = this;
    const { isReachable, primary = null } = this.#watch.look();
    return {
      schema: followSchema,
      at: this.#clock.now(),
      name: this.#name,
      id: replica.id,
      seq: replica.lastSeq,
      epoch: replica.epoch,
      peers: replica.peers.size,
      lag: replica.lag,
      follows: replica.replicaStats().follows === 1,
      problem: this.#problem,
      ...{ isReachable, primary },
      observers: this.#handles.map((handle) => {
        const { name, state, cursor: seq, lag, delivered, resyncs, restarts } = handle.stats();
        return { name, state, seq, lag, delivered, resyncs, restarts };
      }),
    };
  }

  /** How it is at the end, when the observers have had their time to come as far as it has. */
  async end(reason: EndReason): Promise<FollowEnd> {
    const { replica } = this;
    await replica.settled(undefined, { timeoutMs: patienceMs }).catch(() => undefined);
    const digests = await Promise.all(
      this.#handles.map((handle) => handle.digest().catch(() => null)),
    );
    const figures = this.figures();
    const observers = figures.observers.map((one, at) => ({ ...one, digest: digests[at]! }));
    return { ...figures, kind: 'end', reason, digest: replica.digest(), observers };
  }

  /** @returns how many threads are left that nothing ends */
  async close(): Promise<number> {
    await Promise.allSettled([this.#watch.close(), this.replica.close()]);
    return this.replica.getObserverStats().supervisor.zombies;
  }

  async #register(observers: readonly PlayedObserver[]): Promise<void> {
    for (const { name, module, options, registration } of observers) {
      const how = { ...registration, module, name, options };
      this.#handles.push(await this.replica.registerObserver(how));
    }
  }
}

/** How long observers have at the end to catch up. */
const patienceMs = 10_000;
