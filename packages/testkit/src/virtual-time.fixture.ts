import type { Cancel, Clock } from '@panoptes/core';

/** Time that stands still until the test moves it. */
export class VirtualTime implements Clock {
  #now: number;
  readonly #timers = new Set<{ readonly at: number; readonly task: () => void }>();

  /** @param now - Unix milliseconds */
  constructor(now = 0) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(delayMs: number, task: () => void): Cancel {
    const timer = { at: this.#now + delayMs, task };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Moves time on, and rings what is due then, in the order in which it was set. */
  advance(ms: number): void {
    this.#now += ms;
    for (const timer of this.#timers) {
      if (timer.at > this.#now) continue;
      this.#timers.delete(timer);
      timer.task();
    }
  }
}
