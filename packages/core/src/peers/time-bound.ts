import type { Clock } from '../clock.js';
import { PeerValidationError } from '../errors.js';
import { type EntryMemory, peerLayout } from './entry-layout.js';
import type { PlacedEntry } from './entry-reader.js';

/**
 * Keeps the times of peers from lying in the future. Others tell them, and they order expiry, eviction
 * and places in a routing table: without a bound, a peer that claims the year 9999 outlives all others.
 */
export class TimeBound {
  readonly #maxFutureMs: number;
  readonly #futureTimes: TimeLimits['futureTimes'];
  readonly #clock: Pick<Clock, 'now'>;
  /** The latest time that is within the bound, by the clock as it was looked at last. */
  #latest = Number.NEGATIVE_INFINITY;

  constructor({ maxFutureSecs, futureTimes }: TimeLimits, clock: Pick<Clock, 'now'>) {
    this.#maxFutureMs = maxFutureSecs * 1000;
    this.#futureTimes = futureTimes;
    this.#clock = clock;
  }

  /** Says what the clock shows, which may have been set back; saves looking at it for each entry. */
  noteTime(now: number): void {
    this.#latest = now + this.#maxFutureMs;
  }

  /** The time by the clock, for what is left out of an entry. */
  now(): number {
    const now = this.#clock.now();
    this.noteTime(now);
    return now;
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
      const now = this.now();
      if (time <= this.#latest) continue;
      if (this.#futureTimes === 'refuse') throw tooLate(path, time, this.#latest);
      f64[(base >>> 3) + slot] = now;
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
