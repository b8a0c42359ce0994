import type { Cancel, Clock } from '../clock.js';
import { Word } from './log-layout.js';
import type { LogMemory } from './log-memory.js';

/**
 * Wakes readers that wait for something to read; one notify on the word they wait on reaches all.
 *
 * The first ring after a quiet time is given at once: readers start while the caller goes on, and a
 * caller that blocks its thread right afterwards delays no reader. Those that follow within `maxDelayMs`
 * are gathered into one at the end of the turn, or of a later one when rings have become costly. A
 * caller that never yields puts that end off for ever; then the first `changed` after `maxDelayMs`
 * rings.
 *
 * Why no wake-up is lost: `changed` follows a publish. A reader raises SLEEPERS after its wait is
 * armed and then looks at PUBLISHED again. If `changed` finds the flag down, the reader has yet to
 * look and will see what was published; if it finds it up, a ring follows and the reader is armed.
 * The exchange that takes the flag is always followed by a notify of everyone.
 */
export class Doorbell {
  readonly #words: Int32Array;
  readonly #clock: Clock;
  readonly #schedule: (task: () => void) => void;
  readonly #maxDelayMs: number;
  readonly #ringLate = (): void => {
    this.#isScheduled = false;
    if (this.#clock.monotonic() < this.#lastRing + this.#gapMs) this.#ringLater();
    else this.ring();
  };
  readonly #listeners = new Set<() => void>();
  #isScheduled = false;
  #lastRing = Number.NEGATIVE_INFINITY;
  /** How long the next ring at the end of a turn is put off, for what the last one took. */
  #gapMs = 0;

  constructor(
    memory: LogMemory,
    { clock, schedule, maxDelayMs = DEFAULT_RING_DELAY_MS }: DoorbellOptions,
  ) {
    this.#words = memory.words;
    this.#clock = clock;
    this.#schedule = schedule;
    this.#maxDelayMs = maxDelayMs;
  }

  /**
   * Calls a listener on this thread whenever readers have a reason to wake, at once. It must not throw.
   * Nothing that other threads write keeps it from hearing.
   */
  hear(listener: () => void): Cancel {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Something was published: rings now, or soon, or not at all when no reader sleeps. */
  changed(): void {
    this.#tell();
    // Busy readers park only after looking at what was published: nothing to do for them.
    if (Atomics.load(this.#words, Word.sleepers) === 0) return;
    if (this.#clock.monotonic() - this.#lastRing >= this.#maxDelayMs) {
      this.ring();
    } else if (!this.#isScheduled) {
      this.#ringLater();
    }
  }

  /** Rings now, if any reader sleeps. To be called before the caller waits for readers. */
  ring(): void {
    this.#tell();
    if (Atomics.exchange(this.#words, Word.sleepers, 0) === 0) return;
    const start = this.#clock.monotonic();
    Atomics.notify(this.#words, Word.published);
    this.#lastRing = this.#clock.monotonic();
    this.#gapMs = Math.min(this.#maxDelayMs, GAP_FACTOR * (this.#lastRing - start));
  }

  #tell(): void {
    if (this.#listeners.size === 0) return;
    for (const listener of this.#listeners) listener();
  }

  #ringLater(): void {
    this.#isScheduled = true;
    this.#schedule(this.#ringLate);
  }
}

/** What the doorbell takes from its surroundings. */
export interface DoorbellOptions {
  readonly clock: Clock;
  /** Calls the task once, soon after the current turn of the event loop; usually `setImmediate`. */
  readonly schedule: (task: () => void) => void;
  /** Shortest time between two rings of one turn, and so the longest that one is put off. */
  readonly maxDelayMs?: number;
}

/** A ring costs up to 0.4 ms with 50 sleepers: not more often than this while the caller is busy. */
const DEFAULT_RING_DELAY_MS = 1;
/**
 * After a ring the caller has the thread to itself for so many times as long as it took. What it takes
 * is what waking costs here and now: little on free processors, and a lot where those who wake take
 * the caller's. More would save more, and delay more.
 */
const GAP_FACTOR = 2;
