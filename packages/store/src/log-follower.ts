import type { Cancel } from '@panoptes/core/observer';
import type { StoreLine } from '@panoptes/core';
import {
  type Follower,
  LogReader,
  type LogRun,
  StoreError,
  attachLogMemory,
  follow,
  systemClock,
} from '@panoptes/core/follower';
import { ChangeBatch } from './change-batch.js';
import type { FrameQueue } from './frame-queue.js';
import type { StoreDatabase } from './store-database.js';

/**
 * Follows the log for a store: gathers runs and writes them, many in one transaction. The reader's cursor
 * is moved when all of it is on disk, so the cursor is the durable seq.
 *
 * While a transaction is being written the next runs gather in the log itself, for writing keeps this
 * thread; then all of them are taken. Without load each run is written at once, or when the first of
 * those gathered has waited for `maxUnsyncedMs`. What observers have stored goes with them.
 */
export class LogFollower implements Follower {
  readonly #reader: LogReader;
  readonly #database: StoreDatabase;
  readonly #frames: FrameQueue;
  readonly #maxUnsyncedMs: number;
  readonly #maxGathered: number;
  readonly #written: (tookMs: number) => void;
  readonly #batch: ChangeBatch;
  /** When the first run of the batch was taken. */
  #since = 0;
  /** A wait for more that a timer has ended for the follower, but nobody for the reader. */
  #parked: Promise<void> | undefined;
  #isStopped = false;

  /**
   * @param frames - what observers have stored
   * @param written - called when a transaction is on disk, with how long that took
   * @throws {StoreError} when the log does not begin where the store ends
   */
  constructor(
    line: StoreLine,
    database: StoreDatabase,
    frames: FrameQueue,
    written: (tookMs: number) => void,
  ) {
    const { id, epoch, lastSeq } = database.state;
    if (line.from.seq !== lastSeq) throw new StoreError('STORE_FAILED', misplaced(line, lastSeq));
    this.#reader = new LogReader(attachLogMemory(line.log), {
      from: line.from,
      line: line.line,
      runBytes,
    });
    this.#database = database;
    this.#frames = frames;
    this.#maxUnsyncedMs = line.maxUnsyncedMs;
    // The registry is to go on while these are written.
    this.#maxGathered = line.maxUnsyncedChanges / 2;
    this.#written = written;
    this.#batch = new ChangeBatch({ id, epoch });
  }

  /**
   * Resolves when all that was published is on disk, after the log was closed or `stop`.
   *
   * @throws whatever keeps it from going on
   */
  async run(): Promise<void> {
    let end = await follow(this.#reader, this);
    // It may have been stopped before it had read all.
    for (let found; end === 'ended' && (found = this.#reader.read()) !== 'empty';) {
      if (found === 'lapped') end = 'lapped';
      else this.take(this.#reader.run);
    }
    if (end === 'lapped') {
      throw new StoreError(
        'STORE_STUCK',
        'the registry did not wait for its store any longer, and has overwritten what was not kept yet',
      );
    }
    this.flush();
  }

  /** Writes what was gathered. */
  flush(): void {
    this.#write();
    this.#frames.refuseAfter(this.#lastSeq);
  }

  /** Has `run` come to its end. */
  stop(): void {
    this.#isStopped = true;
    this.#reader.stop();
  }

  take(run: LogRun): undefined {
    if (this.#batch.bytes === 0) this.#since = systemClock.monotonic();
    this.#batch.add(run);
    const isLarge = this.#batch.bytes >= batchBytes;
    if (isLarge || (this.#maxUnsyncedMs > 0 && this.#leftMs <= 0)) this.#write();
  }

  caughtUp(): Promise<void> | undefined {
    // All is read that there was when they came: what they are as of is among it, or is nowhere.
    this.#frames.refuseAfter(this.#lastSeq);
    if (this.#batch.bytes === 0 && this.#frames.isEmpty) return undefined;
    const isUrgent = this.#isStopped || this.#frames.isUrgent;
    if (this.#leftMs > 0 && !isUrgent) return this.#gather(this.#leftMs);
    this.#write();
    // Back to the reader: there may be more by now.
    return Promise.resolve();
  }

  /** Sleeps until there is more to read, or an observer has stored something. */
  async park(): Promise<void> {
    this.#parked ??= this.#reader.park().finally(() => (this.#parked = undefined));
    await Promise.race([this.#parked, this.#frames.arrived]);
  }

  /** The last transaction that is written, or will be next. */
  get #lastSeq(): number {
    return this.#batch.bytes > 0 ? this.#batch.lastSeq : this.#database.state.lastSeq;
  }

  /** For how long more may be gathered. */
  get #leftMs(): number {
    const gathered = this.#lastSeq - this.#database.state.lastSeq;
    if (gathered >= this.#maxGathered) return 0;
    const runsDue = this.#batch.bytes > 0 ? this.#since + this.#maxUnsyncedMs : never;
    const framesMs = Math.max(this.#maxUnsyncedMs, leastFrameMs);
    const framesDue = this.#frames.isEmpty ? never : this.#frames.since + framesMs;
    return Math.min(runsDue, framesDue) - systemClock.monotonic();
  }

  /** Waits until there is more to read, or the time is over. */
  async #gather(leftMs: number): Promise<void> {
    // The reader's wait cannot be called off: it is kept for the next time.
    this.#parked ??= this.#reader.park().finally(() => (this.#parked = undefined));
    let cancel: Cancel | undefined;
    const due = new Promise<void>((resolve) => (cancel = systemClock.after(leftMs, resolve)));
    await Promise.race([this.#parked, due, this.#frames.arrived]);
    cancel?.();
  }

  #write(): void {
    const batch = this.#batch;
    const frames = this.#frames.take(this.#lastSeq);
    if (batch.bytes === 0 && frames.length === 0) return;
    const start = systemClock.monotonic();
    this.#database.write(batch, frames);
    this.#written(systemClock.monotonic() - start);
    if (batch.bytes > 0) this.#reader.advance(batch.lastSeq);
    batch.clear();
    for (const { written } of frames) written();
  }
}

const misplaced = ({ from }: StoreLine, lastSeq: number): string =>
  `expected a log that goes on from seq ${lastSeq}, got one that does from ${from.seq}`;

const never = Number.POSITIVE_INFINITY;
/**
 * So long at least, in milliseconds, does what observers have stored wait to be written with runs: commands
 * that wait for the disk are not to wait for that.
 */
const leastFrameMs = 20;
/** Read at once. */
const runBytes = 512 * 1024;
/** A transaction is not larger than this by more than a run: it bounds memory, and how long one takes. */
const batchBytes = 8 * 1024 * 1024;
