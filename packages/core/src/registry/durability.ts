import { type Cancel, systemClock } from '../clock.js';
import type { PanoptesError } from '../errors.js';
import type { Figures } from '../figure.js';
import type { RegistryConfig } from '../config.js';
import type { ChangeLog } from '../log/change-log.js';
import { StoreError } from '../store-error.js';
import type { storeFigures } from '../store-figures.js';
import { tellAll } from '../tell-all.js';
import type { CommitDurations } from './commit-durations.js';
import { DurableOutcomes, type Outcomes, promptOutcomes } from './outcomes.js';
import type { SnapshotTaker } from '../log/snapshot.js';
import type { OpenedStore, SnapshotSource } from './registry-store.js';

/**
 * What a registry knows of its store while that follows the log: how far it has come, who waits for
 * that, and when it must be waited for. The store is a reader that is never passed; its cursor is the last
 * transaction on disk.
 *
 * Nothing is looked at for a transaction but a number. While somebody waits, the readers' doorbell
 * says when to look at the cursor again (`ReaderProgress`).
 */
export class Durability {
  /** How callers are told what came of their commands. */
  readonly outcomes: Outcomes;
  readonly #deps: DurabilityDeps;
  readonly #held: DurableOutcomes | undefined;
  readonly #waiters = new Set<DurableWaiter>();
  #line: number | undefined;
  /** What the store had kept at first, and where its cursor stood when it was closed. */
  #lastSeq: number;
  #failure: PanoptesError | undefined;
  #storeFailure: StoreError | undefined;
  /** The seq after which the writer must look again whether it may go on. */
  #limit = 0;
  /** Whether the writer waits for the store. */
  #isHolding = false;
  #isFollowed = false;
  #stopLooking: Cancel = () => undefined;
  /** The cursor at the last look, since when it has stood there with more to do, and when that was. */
  #lookedSeq = 0;
  #stillMs = 0;
  #lookedAt = 0;
  #warnedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: DurabilityDeps) {
    this.#deps = deps;
    const { durability, commands } = deps.config;
    this.#lastSeq = deps.log.writer.lastSeq;
    if (durability === 'commit') {
      this.#held = new DurableOutcomes(commands.maxWaiting, () => this.#follow());
    }
    this.outcomes = this.#held ?? promptOutcomes;
  }

  /** Has the store follow the log from its last transaction on, which is the one it has kept. */
  begin(snapshots: Pick<SnapshotTaker, 'take'>): void {
    const { log, store, config, warn } = this.#deps;
    const from = log.writer.checkpoint();
    // The first of all: there is one.
    const line = log.lines.allocate(1, from)!;
    log.lines.setGating(line, 'always');
    this.#line = line;
    this.#lookedSeq = from.seq;
    const { durability, maxUnsyncedChanges } = config;
    const maxUnsyncedMs = durability === 'commit' ? 0 : config.maxUnsyncedMs;
    void store.failed.then((error) => this.#fail(error));
    const follows = { log: log.memory.handOut(), line, from, maxUnsyncedMs, maxUnsyncedChanges };
    const taken: SnapshotSource = (seq) => snapshots.take((point) => point.seq >= seq);
    store.follow(follows, taken, (err) => warn({ code: err.code, err }, err.message));
    this.#lookLater();
  }

  /** The last transaction on disk. */
  get seq(): number {
    const { log } = this.#deps;
    return this.#line === undefined
      ? this.#lastSeq
      : log.lines.cursor(this.#line, log.writer.lastSeq);
  }

  /** Whether nothing gets to disk any more. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Whether one more transaction may be written, and one more outcome held. */
  hasRoom(): boolean {
    return this.allows() && this.outcomes.hasRoom;
  }

  /** Whether one more transaction may be written. */
  allows(): boolean {
    const { lastSeq } = this.#deps.log.writer;
    if (lastSeq < this.#limit) return true;
    if (this.#failure !== undefined || this.#line === undefined) return true;
    this.#limit = this.seq + this.#deps.config.maxUnsyncedChanges;
    this.#isHolding = lastSeq >= this.#limit;
    if (this.#isHolding) this.#follow();
    return !this.#isHolding;
  }

  /**
   * Resolves when transaction `seq` is on disk.
   *
   * @throws {StoreError | RegistryClosedError | RegistryFailedError} when it cannot get there any more
   */
  reached(seq: number): Promise<void> {
    if (this.seq >= seq) return Promise.resolve();
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiters.add({ seq, resolve, reject });
      this.#follow();
    });
  }

  /** Resolves when nobody waits for the store any more. */
  drained(): Promise<void> {
    return this.reached(this.#deps.log.writer.lastSeq).catch(() => undefined);
  }

  /** The figures of the store. */
  stats(): Figures<typeof storeFigures> {
    const { log, store } = this.#deps;
    const durableSeq = this.seq;
    return { durableSeq, unsynced: log.writer.lastSeq - durableSeq, ...store.figures() };
  }

  /** Ends it, for the registry has: who still waits is told why. */
  end(reason: PanoptesError): void {
    this.#stopLooking();
    this.#failure = reason;
    this.#tellFailure();
  }

  /**
   * Gives the store back, when the log was closed.
   *
   * @throws {StoreError} when something in the log is not on disk, unless the registry was to go on
   *   without a store that fails; or when the store cannot be closed
   */
  async close(): Promise<void> {
    const { log, store, config } = this.#deps;
    try {
      await store.close();
      this.#lastSeq = this.seq;
      // A line that its thread may still write into is not another's.
      if (this.#line !== undefined) log.lines.free(this.#line);
      this.#line = undefined;
    } catch (error) {
      if (this.#storeFailure === undefined) throw error;
    }
    const lost = log.writer.lastSeq - this.seq;
    if (lost === 0 || config.onStoreFailure === 'continue') return;
    throw this.#lossOf(lost);
  }

  #lossOf(lost: number): StoreError {
    const { code, message } = this.#storeFailure ?? unsaidFailure;
    return new StoreError(
      code,
      `the last ${lost} transactions that were committed are not in the store: ${message}`,
      { cause: this.#storeFailure },
    );
  }

  /** Waits for the cursor while there is somebody to be told of it. */
  #follow(): void {
    if (this.#isFollowed) return;
    this.#isFollowed = true;
    this.#lookLater();
    void this.#watchCursor();
  }

  async #watchCursor(): Promise<void> {
    const { progress } = this.#deps.log;
    try {
      while (this.#isWaitedFor) {
        const moved = progress.moved();
        this.#release();
        if (this.#isWaitedFor) await moved;
      }
    } catch (error) {
      this.#deps.broken(error);
    } finally {
      this.#isFollowed = false;
      this.#lookLater();
    }
  }

  get #isWaitedFor(): boolean {
    if (this.#failure !== undefined) return false;
    return this.#waiters.size > 0 || (this.#held?.size ?? 0) > 0 || this.#isHolding;
  }

  /** Tells all who wait for what is on disk by now. */
  #release(): void {
    const { seq } = this;
    this.#isHolding &&= this.#deps.log.writer.lastSeq >= seq + this.#deps.config.maxUnsyncedChanges;
    if (this.#held !== undefined) {
      this.#held.release(seq);
      this.#deps.durations.told(seq);
    }
    for (const waiter of this.#waiters) {
      if (waiter.seq > seq) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  /** Looks from time to time whether the store gets on. While somebody waits the process stays alive. */
  #lookLater(): void {
    if (this.#failure !== undefined || this.#line === undefined) return;
    this.#stopLooking();
    const background = !this.#isFollowed;
    this.#lookedAt = systemClock.monotonic();
    const cancel = systemClock.after(lookEveryMs, () => this.#look(), { background });
    this.#stopLooking = cancel;
  }

  #look(): void {
    const { config, log, warn } = this.#deps;
    const now = systemClock.monotonic();
    const { seq } = this;
    const unsynced = log.writer.lastSeq - seq;
    // A process that was stopped for a while finds that much time has passed, in which nobody did anything.
    const passed = Math.min(now - this.#lookedAt, 2 * lookEveryMs);
    this.#stillMs = seq === this.#lookedSeq && unsynced > 0 ? this.#stillMs + passed : 0;
    this.#lookedSeq = seq;
    if (this.#stillMs > config.storeTimeoutMs) {
      const message =
        `the store has not kept transaction ${seq + 1} within ${config.storeTimeoutMs} ms ` +
        '(storeTimeoutMs): its disk, its server or its thread does not get on';
      this.#fail(new StoreError('STORE_STUCK', message));
      return;
    }
    const isBehind = unsynced > config.maxUnsyncedChanges / 2 || this.#stillMs > behindAfterMs;
    if (isBehind && now - this.#warnedAt > warnEveryMs) {
      this.#warnedAt = now;
      warn({ unsynced, durableSeq: seq }, `the store is ${unsynced} transactions behind`);
    }
    this.#lookLater();
  }

  #fail(error: StoreError): void {
    if (this.#failure !== undefined) return;
    this.#stopLooking();
    this.#failure = error;
    this.#storeFailure = error;
    const { log, failed } = this.#deps;
    if (this.#line !== undefined) log.lines.setGating(this.#line, false);
    failed(error);
    this.#tellFailure();
  }

  #tellFailure(): void {
    const reason = this.#failure!;
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    const steps = [
      () => this.#held?.fail(reason),
      () => tellAll(waiters, ({ reject }) => reject(reason)),
      // The writer may wait for it.
      () => this.#deps.log.progress.wake(),
    ];
    tellAll(steps, (step) => step());
  }
}

/** What the durability of a registry depends on. */
export interface DurabilityDeps {
  readonly config: RegistryConfig;
  readonly log: ChangeLog;
  readonly store: OpenedStore;
  /** Are told when callers go on who waited for the disk. */
  readonly durations: CommitDurations;
  /** Called once, before those who wait are told, when nothing more gets to disk. */
  readonly failed: (error: StoreError) => void;
  /** Called when the store falls behind. */
  readonly warn: (facts: object, message: string) => void;
  /** Called with a bug. */
  readonly broken: (cause: unknown) => void;
}

/** Who waits for a transaction to be on disk. */
interface DurableWaiter {
  readonly seq: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Of a store that was closed, and did not say that it had not written everything. */
const unsaidFailure = { code: 'STORE_FAILED', message: 'its store has not said why' } as const;

/** Milliseconds between two looks at the store. */
const lookEveryMs = 500;
/** A cursor that has not moved for so long, with more to be written, is worth a warning, */
const behindAfterMs = 2_000;
/** but not more often than this. */
const warnEveryMs = 10_000;
