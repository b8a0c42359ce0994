import type { Clock } from '@panoptes/core';
import type { SnapshotData, SyncFigures } from '@panoptes/core/follower';
import type { RunAppender } from './run-appender.js';
import type { RunStream } from './run-stream.js';
import type { SnapshotBucket, StoredSnapshot } from './snapshot-bucket.js';
import type { StartedEpoch } from './stream-start.js';

/**
 * When a snapshot is due, and what is done with it: it is sent when the stream has all that is in it, those
 * before the last but one are removed, and the stream is cut behind that. One at a time.
 */
export class SnapshotSchedule {
  readonly #deps: SnapshotScheduleDeps;
  #last: StoredSnapshot | undefined;
  /** Bytes of runs since the last one. */
  #bytes: number;
  #appender: RunAppender | undefined;
  #epoch: StartedEpoch | undefined;
  #ask: (from: number) => void = () => undefined;
  /** From where in the stream whoever starts with the snapshot that was asked for goes on. */
  #from: number | undefined;
  #seq = 0;
  #place = 0;
  #reached: () => void = () => undefined;
  #cancel: () => void = () => undefined;
  #cancelRetry: () => void = () => undefined;
  #retryMs = firstRetryMs;

  constructor(deps: SnapshotScheduleDeps) {
    this.#deps = deps;
    this.#last = deps.last;
    this.#bytes = deps.bytes;
  }

  /** @param ask - asks for a snapshot as of a transaction, or a later one */
  begin(appender: RunAppender, epoch: StartedEpoch, ask: (from: number) => void): void {
    this.#appender = appender;
    this.#epoch = epoch;
    this.#ask = ask;
    this.#seq = epoch.lastSeq;
    this.#place = epoch.place;
    this.#measureLater();
    this.#look();
  }

  /** Notes bytes that the stream has taken. */
  count(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Notes that the stream has a whole run, up to a transaction. */
  arrived(seq: number, place: number): void {
    this.#seq = seq;
    this.#place = place;
    this.#reached();
    this.#look();
  }

  /** Sends a snapshot that was asked for. If it cannot be sent, this is told, and another asked for in a while. */
  async take(data: SnapshotData): Promise<void> {
    const { bucket, fields, failed } = this.#deps;
    const place = this.#from!;
    const bytes = this.#bytes;
    try {
      await this.#has(data.point.seq);
      const { id, epoch } = this.#epoch!;
      const taken = await bucket.put(data, { id, epoch, place }, fields);
      this.#bytes -= bytes;
      this.#last = taken;
      await this.#cut(taken);
      this.#retryMs = firstRetryMs;
      this.#from = undefined;
    } catch (error) {
      // What is there still serves; the stream is longer meanwhile.
      if (this.#appender === undefined) return;
      failed(error);
      this.#retryLater();
    }
  }

  /** Notes how large the stream is, and from which transaction on it has changes. */
  async measure(): Promise<void> {
    const { stream, figures } = this.#deps;
    const { first, last, bytes } = await stream.ends();
    let from = 0;
    for (let place = first; place <= last && from === 0; place++) {
      const found = await stream.message(place);
      if (found?.message.kind === 'run' && found.message.part === 1) from = found.message.firstSeq;
    }
    figures.size(bytes, from);
  }

  end(): void {
    this.#cancel();
    this.#cancelRetry();
    this.#appender = undefined;
  }

  /** Asks for a snapshot, if one is due. */
  #look(): void {
    const due = Math.max(this.#deps.everyBytes, this.#last?.bytes ?? 0);
    if (this.#from !== undefined || this.#bytes < due || this.#appender === undefined) return;
    this.#from = this.#place;
    this.#ask(this.#seq);
  }

  /** Waits until the stream has a transaction. */
  async #has(seq: number): Promise<void> {
    const failed = this.#appender!.failed.then((error) => Promise.reject(error));
    failed.catch(() => undefined);
    while (this.#seq < seq) {
      await Promise.race([failed, new Promise<void>((resolve) => (this.#reached = resolve))]);
    }
  }

  async #cut(taken: StoredSnapshot): Promise<void> {
    const { bucket, stream } = this.#deps;
    const [, before, ...others] = await bucket.list();
    for (const snapshot of others) await bucket.remove(snapshot);
    if (before === undefined || before.place >= taken.place) return;
    await stream.cut(before.place);
    await this.measure();
  }

  /** Asks for another in a while, if one is due then; each time later. */
  #retryLater(): void {
    this.#cancelRetry = this.#deps.clock.after(
      this.#retryMs,
      () => {
        this.#from = undefined;
        this.#look();
      },
      { background: true },
    );
    this.#retryMs = Math.min(2 * this.#retryMs, longestRetryMs);
  }

  #measureLater(): void {
    this.#cancel = this.#deps.clock.after(
      measureMs,
      () => {
        void this.measure()
          .catch(() => undefined)
          .then(() => this.#appender !== undefined && this.#measureLater());
      },
      { background: true },
    );
  }
}

/** What a schedule goes by. */
export interface SnapshotScheduleDeps {
  readonly stream: RunStream;
  readonly bucket: SnapshotBucket;
  /** Of the entries. */
  readonly fields: string;
  readonly everyBytes: number;
  readonly last: StoredSnapshot | undefined;
  /** How many bytes of runs there are since. */
  readonly bytes: number;
  readonly figures: SyncFigures;
  readonly clock: Pick<Clock, 'after'>;
  /** Told of a snapshot that could not be sent, or cut behind. */
  readonly failed: (error: unknown) => void;
}

const measureMs = 5_000;
const firstRetryMs = 5_000;
const longestRetryMs = 300_000;
