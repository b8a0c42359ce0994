import { isA, messageWithCause } from '../error-of.js';
import type { PanoptesError } from '../errors.js';
import type { ChangeLog } from '../log/change-log.js';
import type { ReceivedRun } from '../log/received-run.js';
import type { SnapshotTaker } from '../log/snapshot.js';
import { fieldsHash } from '../peers/fields-hash.js';
import { PeerTable } from '../peers/peer-table.js';
import type { RegistryActor } from './registry-actor.js';
import type { EntryBlock, KeptState } from './registry-store.js';
import type { RegistryLife } from './registry-life.js';
import { fillTable } from './restore-peers.js';
import { type CheckedSource, noSnapshot } from './checked-source.js';
import { ReplicaError } from '../replica-errors.js';
import { receivedRun, refusedRun } from './received-transactions.js';
import { checkHead, checkOrigin } from './run-order.js';
import type { ReplicatedGroup } from './replicated-transaction.js';
import type { SourceSnapshot } from './run-source.js';

/**
 * Brings the transactions of a primary into a replica: each run is checked as a whole, then its
 * transactions have their turns in the queue as commands have, so that all that holds for commands (room in
 * the log, readers that are waited for, turns of some milliseconds, both table and log or neither) holds
 * for them.
 */
export class Replication {
  readonly #deps: ReplicationDeps;
  /** Resolves when it follows no more, with what stopped it if something did. */
  readonly ended: Promise<PanoptesError | undefined>;
  #tellEnd!: (failure: PanoptesError | undefined) => void;
  #failure: PanoptesError | undefined;
  #hasEnded = false;
  #isStopped = false;
  #hasBegun = false;
  #closing: Promise<void> | undefined;
  /** Ends its wait for the next run. */
  #wake: () => void = () => undefined;
  /** When the last transaction was handed in that is applied. */
  #lastTime: number;

  constructor(deps: ReplicationDeps) {
    this.#deps = deps;
    this.#lastTime = deps.life.lastTime;
    this.ended = new Promise((resolve) => (this.#tellEnd = resolve));
  }

  /**
   * Takes the peers of a snapshot, while there are none, and follows from there.
   *
   * @throws {ReplicaError} when it is not what it should be
   */
  async begin(snapshot: SourceSnapshot): Promise<void> {
    const { actor } = this.#deps;
    try {
      await fillTable(actor.table, snapshot.entries(), snapshot.state.peers, noSnapshot);
    } catch (error) {
      if (!isGap(error)) throw error;
      await this.#resync(actor.seq);
    }
    this.#hasBegun = true;
    void this.#follow();
  }

  /** Whether transactions may still come. */
  get isFollowing(): boolean {
    return !this.#hasEnded;
  }

  /**
   * Loads a state beside what there is, which may be later. What it gives puts that there, and follows.
   *
   * @throws {ReplicaError} when it is not what it should be
   */
  async load(): Promise<() => void> {
    const { table, state } = await this.#loaded(0);
    return () => {
      this.#replace(table, state);
      this.#hasBegun = true;
      void this.#follow();
    };
  }

  /** Why it follows no more, if something stopped it. */
  get failure(): PanoptesError | undefined {
    return this.#failure;
  }

  /** Why no more transactions will come, if none will. */
  hopeless(): Error | undefined {
    if (!this.#hasEnded) return undefined;
    const cause = this.#failure;
    const why = cause === undefined ? 'its source has ended' : messageWithCause(cause);
    return new ReplicaError('REPLICA_ENDED', `the replica follows no more: ${why}`, { cause });
  }

  /** The highest life of the primary that it has heard of. */
  get knownEpoch(): number {
    const { life, source } = this.#deps;
    return Math.max(life.epoch, source.newest()?.epoch ?? 0);
  }

  /** How far it is behind what its source says is the newest. */
  get lag(): ReplicaLag {
    const { source, actor } = this.#deps;
    const head = source.newest();
    const transactions = Math.max(0, (head?.seq ?? 0) - actor.seq);
    const ms = transactions === 0 ? 0 : Math.max(0, head!.time - this.#lastTime);
    return { transactions, ms };
  }

  /** Takes no more runs; resolves when what it has taken is applied. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake();
    if (this.#hasBegun) await this.ended;
  }

  /**
   * Stops, and ends the source.
   *
   * @throws {ReplicaError} when that cannot be ended
   */
  async close(): Promise<void> {
    await this.stop();
    await (this.#closing ??= this.#deps.source.close());
  }

  async #follow(): Promise<void> {
    try {
      while ((await this.#takeRuns()) === 'gap') await this.#resync(this.#deps.actor.seq + 1);
    } catch (error) {
      if (!this.#isStopped) this.#failure = error as PanoptesError;
    } finally {
      this.#hasEnded = true;
      this.#tellEnd(this.#failure);
      // Whoever waits for a transaction waits for no more.
      this.#deps.log.doorbell.ring();
    }
  }

  /** Takes runs until there will be none, or it is stopped, or those that are due are gone. */
  async #takeRuns(): Promise<'over' | 'gap'> {
    const { source, actor } = this.#deps;
    const runs = source.runs(actor.seq);
    try {
      for (;;) {
        const next = runs.next();
        await this.#untilStopped(next);
        if (this.#isStopped) {
          // Its return waits for the step that is under way, which may never come.
          void next.then(() => runs.return(undefined)).catch(() => undefined);
          return 'over';
        }
        const step = await next;
        if (step.done === true) return 'over';
        await this.#take(step.value);
      }
    } catch (error) {
      await runs.return(undefined).catch(() => undefined);
      if (isGap(error)) return 'gap';
      throw error;
    }
  }

  /** Resolves when a step has come, whatever came of it, or it is stopped. */
  #untilStopped(step: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isStopped) return resolve();
      this.#wake = resolve;
      const come = (): void => resolve();
      step.then(come, come);
    });
  }

  async #take(bytes: Uint8Array): Promise<void> {
    const { actor, life } = this.#deps;
    const run = await receivedRun(bytes);
    if (checkHead(run.head, { id: life.id, epoch: life.epoch, seq: actor.seq }) === 'known') return;
    const before = actor.seq;
    try {
      await this.#apply(run);
    } finally {
      if (actor.seq > before) life.follow(run.head.epoch);
    }
  }

  /** Hands in what is new of a run, and waits until it is committed. */
  async #apply(run: ReceivedRun): Promise<void> {
    const { intake, seq } = this.#deps.actor;
    const group: ReplicatedGroup = { failure: undefined };
    let outstanding = 0;
    let wanted = 0;
    let wake = (): void => undefined;
    const settled = (): void => {
      if (--outstanding <= wanted) wake();
    };
    const refused = (error: unknown): void => {
      group.failure ??= error as PanoptesError;
      settled();
    };
    const untilAtMost = (count: number): Promise<void> => {
      wanted = count;
      return new Promise((resolve) => {
        wake = resolve;
        if (outstanding <= count) resolve();
      });
    };
    for (const { start, end, time } of run.transactions(seq)) {
      if (outstanding >= mostOutstanding) await untilAtMost(mostOutstanding / 2);
      if (group.failure !== undefined) break;
      outstanding++;
      const committed = (): void => {
        this.#lastTime = time;
        settled();
      };
      const command = { kind: 'replicate', run, start, end, group } as const;
      intake.replicate(command, time, committed, refused);
    }
    await untilAtMost(0);
    if (group.failure !== undefined) throw refusedRun(group.failure, run.head);
  }

  /** Replaces the peers by those of the newest snapshot. */
  async #resync(since: number): Promise<void> {
    const { table, state } = await this.#loaded(since);
    if (!this.#isStopped) this.#replace(table, state);
  }

  /** The peers of the newest snapshot, beside those that there are; of a newer one, if that is gone before it was read. */
  async #loaded(since: number): Promise<LoadedState> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#load(since);
      } catch (error) {
        if (!isGap(error) || tries === mostTries || this.#isStopped) throw error;
      }
    }
  }

  async #load(since: number): Promise<LoadedState> {
    const { life, source, snapshots } = this.#deps;
    const snapshot = await source.snapshot({ fields: fieldsHash, since });
    const { state } = snapshot;
    checkOrigin(state, life);
    if (state.lastSeq < since) {
      throw noSnapshot(`it is of transaction ${state.lastSeq}, and ${since - 1} is applied`);
    }
    const table = new PeerTable();
    await fillTable(table, this.#whileFollowing(snapshot), state.peers, noSnapshot);
    await snapshots.idle();
    return { table, state };
  }

  #replace(table: PeerTable, { lastSeq: seq, lastTime: time, epoch }: KeptState): void {
    const { actor, life } = this.#deps;
    actor.replace(table, { seq, time });
    life.follow(epoch);
    this.#lastTime = time;
  }

  async *#whileFollowing(snapshot: SourceSnapshot): AsyncGenerator<EntryBlock> {
    for await (const block of snapshot.entries()) {
      if (this.#isStopped) throw new ReplicaError('REPLICA_ENDED', 'it follows no more');
      yield block;
    }
  }
}

/** How far a replica is behind. */
export interface ReplicaLag {
  /** Transactions that its source knows of and that are not applied. */
  readonly transactions: number;
  /** How much later the newest of them was handed in than the last that is applied, in milliseconds. */
  readonly ms: number;
}

/** What bringing in transactions depends on. */
export interface ReplicationDeps {
  readonly source: CheckedSource;
  readonly actor: RegistryActor;
  readonly life: RegistryLife;
  readonly log: ChangeLog;
  readonly snapshots: SnapshotTaker;
}

/** Peers that were loaded, and of when they are. */
interface LoadedState {
  readonly table: PeerTable;
  readonly state: KeptState;
}

/** Transactions of a run that wait for their turn at a time. */
const mostOutstanding = 2048;

/** A source that has lost so many snapshots in a row before they were read gives none in time. */
const mostTries = 16;

const isGap = (error: unknown): boolean => isA(error, ReplicaError) && error.code === 'REPLICA_GAP';
