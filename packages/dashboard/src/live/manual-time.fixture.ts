import type { Clock } from '@panoptes/core';

/** Time that stands still until a test lets it pass. */
export class ManualTime implements Clock {
  #now = 1_000;
  readonly #timers = new Set<{ readonly at: number; readonly task: () => void }>();

  now = (): number => this.#now;
  monotonic = (): number => this.#now;
  after = (delayMs: number, task: () => void): (() => void) => {
    const timer = { at: this.#now + delayMs, task };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  /** Milliseconds that something takes, without anything else having its turn. */
  spend(ms: number): void {
    this.#now += ms;
  }

  /** Lets so many milliseconds pass, and does what is due meanwhile. */
  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.task();
    }
    this.#now = Math.max(this.#now, end);
  }
}
