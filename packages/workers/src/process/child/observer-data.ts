import { FormattedRun, systemClock } from '@panoptes/core/observer';
import type { ObserverRuntime, WorkShown } from '../../runtime/observer-runtime.js';
import { memoryUse } from '../../runtime/thread-memory.js';
import { DataKind, ReplyKind } from '../frames.js';
import { DataQueue } from './data-queue.js';
import { IncomingSnapshot } from './incoming-snapshot.js';
import type { ReplyChannel } from './reply-channel.js';

/**
 * What comes to an observer in this process by the data pipe: it handles one after another, and says so
 * of each.
 */
export class ObserverData implements WorkShown {
  readonly #replies: ReplyChannel;
  readonly #queue: DataQueue;
  #snapshot: IncomingSnapshot | undefined;
  /** The seq with which the next run begins at the latest. */
  #dueSeq: number | undefined;
  /** Of handlers, since something was said to be handled. */
  #durationMs = 0;
  /** The transaction at which a handler is, if that is known. */
  #atSeq: number | undefined;
  #turnedAt = 0;
  #memory = memoryUse();

  /** @param holds - told how many bytes more, or less, wait to be handled */
  constructor(replies: ReplyChannel, holds: (bytes: number) => void) {
    this.#replies = replies;
    const failed = (error: unknown): void => replies.failed(error, this.#atSeq);
    this.#queue = new DataQueue({ holds, failed });
  }

  /**
   * Takes a frame.
   *
   * @throws {Error} when it makes no sense here
   */
  take(runtime: ObserverRuntime, kind: number, payload: Buffer): void {
    switch (kind) {
      case DataKind.snapshot:
        if (this.#snapshot !== undefined) throw new Error('a snapshot within another');
        this.#snapshot = new IncomingSnapshot(payload);
        return this.#loadWhole(runtime, this.#snapshot);
      case DataKind.entries:
        if (this.#snapshot === undefined) throw new Error('entries of no snapshot');
        this.#snapshot.add(payload);
        return this.#loadWhole(runtime, this.#snapshot);
      case DataKind.run:
        return this.#replay(runtime, FormattedRun.fromParent(payload));
      case DataKind.proposals:
        return this.#vote(runtime, FormattedRun.ofProposals(payload));
      default:
        throw new Error(`a frame of kind ${kind} on the data pipe`);
    }
  }

  /** Nothing more is handled. */
  close(): void {
    this.#queue.close();
  }

  begin(first: number, last: number): void {
    this.#atSeq = first === last ? first : undefined;
  }

  finish(durationMs: number): void {
    this.#atSeq = undefined;
    this.#durationMs += durationMs;
  }

  turn(): void {
    const now = systemClock.monotonic();
    if (now - this.#turnedAt < turningEveryMs) return;
    this.#turnedAt = now;
    this.#replies.send(ReplyKind.turning);
  }

  measure = (): void => {
    this.#memory = memoryUse();
  };

  #loadWhole(runtime: ObserverRuntime, snapshot: IncomingSnapshot): void {
    if (!snapshot.isComplete) return;
    this.#snapshot = undefined;
    const { seq } = snapshot.point;
    this.#dueSeq = seq + 1;
    this.#add(seq, snapshot.buffer.byteLength, () =>
      this.#timed(() => runtime.working(() => runtime.load(snapshot))),
    );
  }

  #replay(runtime: ObserverRuntime, run: FormattedRun): void {
    const { firstSeq, lastSeq } = run.head;
    if (this.#dueSeq !== undefined && firstSeq > this.#dueSeq) {
      throw new Error(`a run from seq ${firstSeq} where ${this.#dueSeq} was due`);
    }
    this.#dueSeq = lastSeq + 1;
    this.#add(lastSeq, run.length, () => runtime.replay(run));
  }

  #vote(runtime: ObserverRuntime, run: FormattedRun): void {
    this.#add(run.head.lastSeq, run.length, () => {
      // Most votes are there at once, and that it is done with them goes with them.
      this.#replies.gather();
      return this.#timed(() => runtime.working(() => runtime.vote(run)));
    });
  }

  #add(seq: number, bytes: number, work: () => Promise<void>): void {
    const handle = async (): Promise<void> => {
      this.#durationMs = 0;
      this.#atSeq = undefined;
      this.#turnedAt = systemClock.monotonic();
      await work();
      this.#replies.handled(seq, this.#durationMs, this.#memory);
    };
    this.#queue.add({ bytes, handle });
  }

  /** Of what the runtime does not time itself. */
  async #timed(work: () => Promise<void>): Promise<void> {
    const startedAt = systemClock.monotonic();
    await work();
    this.#durationMs = systemClock.monotonic() - startedAt;
    this.measure();
  }
}

/** It says that it turns when so many milliseconds have passed in which it said nothing. */
const turningEveryMs = 50;
