import { type Clock, systemClock } from '../clock.js';

/**
 * Looks for a moment before its owner falls asleep, for being woken takes longer than most answers
 * do. It adapts: a look that finds nothing makes the next one half as long, down to none, and only
 * waits that turn out short one after another bring it back. So it costs nothing on an idle system,
 * and little where there are fewer cores than threads, which look in vain.
 */
export class AdaptiveSpin {
  readonly #clock: Clock;
  #lookMs = 0;
  #shortWaits = 0;
  #asleepSince = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Whether `found` is true, now or within the time that a look is worth at present. */
  look(found: () => boolean): boolean {
    if (found()) return true;
    if (this.#lookMs === 0) return false;
    const end = this.#clock.monotonic() + this.#lookMs;
    do {
      for (let again = 0; again < 16; again++) {
        if (!found()) continue;
        this.#lookMs = longestLookMs;
        return true;
      }
    } while (this.#clock.monotonic() < end);
    this.#lookMs = this.#lookMs > longestLookMs / 4 ? this.#lookMs / 2 : 0;
    return false;
  }

  /** The owner falls asleep. */
  sleeps(): void {
    this.#asleepSince = this.#clock.monotonic();
  }

  /** The owner was woken by what it waited for. */
  wakes(): void {
    const wasShort = this.#clock.monotonic() - this.#asleepSince <= worthwhileWaitMs;
    this.#shortWaits = wasShort ? this.#shortWaits + 1 : 0;
    if (this.#shortWaits < shortWaitsNeeded) return;
    this.#shortWaits = 0;
    this.#lookMs = longestLookMs;
  }
}

/** Longest look, in milliseconds: about what falling asleep and being woken costs. */
const longestLookMs = 0.06;
/** A wait no longer than this would likely have been spared by a look. */
const worthwhileWaitMs = 0.2;
/** So many short waits in a row before looking is tried again. */
const shortWaitsNeeded = 4;
