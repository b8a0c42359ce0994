import { PeerValidationError } from '../errors.js';
import { type EntryMemory, peerLayout } from './entry-layout.js';
import type { PlacedEntry } from './entry-reader.js';

/**
 * Keeps the times of peers from lying in the future. Others tell them, and they order expiry, eviction
 * and places in a routing table: without a bound, a peer that claims the year 9999 outlives all others.
 *
 * The present is the time of the command at work, which whoever reads or decides it notes here first.
 */
export class TimeBound {
  readonly #maxFutureMs: number;
  readonly #futureTimes: TimeLimits['futureTimes'];
  #now = 0;
  /** The latest time that is within the bound. */
  #latest = Number.NEGATIVE_INFINITY;

  constructor({ maxFutureSecs, futureTimes }: TimeLimits) {
    this.#maxFutureMs = maxFutureSecs * 1000;
    this.#futureTimes = futureTimes;
  }

  /** Says when the command was handed in that is at work from now on. */
  note(now: number): void {
    this.#now = now;
    this.#latest = now + this.#maxFutureMs;
  }

  /** The present, for what is left out of an entry. */
  get now(): number {
    return this.#now;
  }

  /**
   * Holds the entry that was just encoded at `base` to the bound, and puts the present in place of
   * what is beyond it if it may.
   *
   * @param known - the peer's entry that the new one was made of: a time that it had already stays,
   *   however the clock was set since
   * @throws {PeerValidationError} naming the first time that is beyond the bound
   */
  hold({ f64 }: EntryMemory, base: number, known?: PlacedEntry): void {
    for (const { slot, path } of moments) {
      const time = f64[(base >>> 3) + slot]!;
      if (time <= this.#latest) continue;
      if (known?.memory.f64[(known.base >>> 3) + slot] === time) continue;
      if (this.#futureTimes === 'refuse') throw tooLate(path, time, this.#latest);
      f64[(base >>> 3) + slot] = this.#now;
    }
  }
}

/** How far ahead of the registry's clock a time may be that is told of a peer, and what then. */
export interface TimeLimits {
  readonly maxFutureSecs: number;
  /** `clamp`: it is taken as the present. `refuse`: the entry is not taken. */
  readonly futureTimes: 'clamp' | 'refuse';
}

/** The moments of an entry: what is now unless it is given. */
const moments = peerLayout.numbers.filter(({ field }) => field.initial === 'now');

function tooLate(path: string, time: number, latest: number): PeerValidationError {
  const expected = `Unix milliseconds up to ${latest}, the clock and maxFutureSecs`;
  return new PeerValidationError(path, expected, time);
}
