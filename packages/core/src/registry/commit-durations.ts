import type { Clock } from '../clock.js';
import { type HistogramValue, histogramValue } from '../histogram-value.js';
import { commitMs } from '../registry-figures.js';
import { RingQueue } from './ring-queue.js';

/**
 * Counts how long transactions took from when their command came until its caller was told. They are
 * committed and told of in the order of their numbers, so those whose commands came together are counted
 * together, and the clock is looked at once for all that are told at a time.
 */
export class CommitDurations {
  readonly #clock: Clock;
  readonly #counts = new Array<number>(bounds.length + 1).fill(0);
  #sumMs = 0;
  /** Those with transactions that are committed and not told, in order. */
  readonly #untold = new RingQueue<Arrival>();
  /** The last transaction that was told. */
  #told: number;

  /**
   * @param clock - by whose monotonic time commands come
   * @param lastSeq - the last transaction of the lives before
   */
  constructor(clock: Clock, lastSeq: number) {
    this.#clock = clock;
    this.#told = lastSeq;
  }

  /**
   * Notes that the next transaction is committed.
   *
   * @param came - when its command came
   */
  committed(seq: number, came: Arrival): void {
    if (came.untoldSeq === 0) this.#untold.add(came);
    came.untoldSeq = seq;
  }

  /** Transactions up to `seq` are nobody's here. Nobody is told of those that are untold. */
  skipTo(seq: number): void {
    for (const came of this.#untold.takeAll()) came.untoldSeq = 0;
    this.#told = seq;
  }

  /** Counts all up to transaction `seq`: their callers are told now. */
  told(seq: number): void {
    let next = this.#untold.peek();
    if (next === undefined || seq <= this.#told) return;
    const now = this.#clock.monotonic();
    for (; next !== undefined; next = this.#untold.peek()) {
      const last = Math.min(next.untoldSeq, seq);
      this.#count(now - next.at, last - this.#told);
      this.#told = last;
      if (next.untoldSeq > seq) return;
      next.untoldSeq = 0;
      this.#untold.shift();
    }
  }

  /** What was counted so far. */
  value(): HistogramValue {
    return histogramValue(bounds, [...this.#counts], this.#sumMs);
  }

  #count(ms: number, times: number): void {
    let bucket = 0;
    while (bucket < bounds.length && ms > bounds[bucket]!) bucket++;
    this.#counts[bucket]! += times;
    this.#sumMs += ms * times;
  }
}

/** When some commands came, which are one after another and share this object. */
export interface Arrival {
  /** By the machine's monotonic time. */
  readonly at: number;
  /** The last transaction of theirs whose caller is not told; 0 while there is none. */
  untoldSeq: number;
}

const { bounds } = commitMs;
