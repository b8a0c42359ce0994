import type { Cancel, Clock } from '../clock.js';

/** The one limit of time that all voters of a group have together. */
export class Deadline {
  readonly limitMs: number;
  readonly #clock: Clock;
  readonly #end: number;

  /** Starts now. */
  constructor(clock: Clock, limitMs: number) {
    this.limitMs = limitMs;
    this.#clock = clock;
    this.#end = clock.monotonic() + limitMs;
  }

  get isPast(): boolean {
    return this.#clock.monotonic() >= this.#end;
  }

  /** Calls `task` when it is past. The caller cancels when it no longer waits: no timer outlives its vote. */
  whenPast(task: () => void): Cancel {
    return this.#clock.after(Math.max(0, Math.ceil(this.#end - this.#clock.monotonic())), task);
  }
}
