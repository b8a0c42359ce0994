import type { Cancel, Clock } from '@panoptes/core/observer';
import FlatQueue from 'flatqueue';

/**
 * Time that passes only when it is told to, in whole virtual milliseconds since the start of a
 * trace. Tasks run while it is advanced, in the order of their times; those of one instant in the
 * order in which they were set.
 */
export class VirtualClock implements Clock {
  /** Due instants, each once; the queue keeps no order among equals, the lists in `#timers` do. */
  readonly #instants = new FlatQueue<number>();
  readonly #timers = new Map<number, Timer[]>();
  #elapsedMs = 0;

  /** @param epochMs - the trace's start, in Unix milliseconds */
  constructor(readonly epochMs: number) {}

  now(): number {
    return this.epochMs + this.#elapsedMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, task: () => void): Cancel {
    const at = this.#elapsedMs + Math.max(0, delayMs);
    const timer: Timer = { task, cancelled: false };
    const timers = this.#timers.get(at);
    if (timers === undefined) {
      this.#timers.set(at, [timer]);
      this.#instants.push(at, at);
    } else {
      timers.push(timer);
    }
    return () => {
      timer.cancelled = true;
    };
  }

  /** Moves time forward to `at` milliseconds since the start, running what falls due. Never back. */
  advanceTo(at: number): void {
    for (;;) {
      const instant = this.#instants.peekValue();
      if (instant === undefined || instant > at) break;
      this.#instants.pop();
      this.#elapsedMs = Math.max(this.#elapsedMs, instant);
      const timers = this.#timers.get(instant) ?? [];
      this.#timers.delete(instant);
      for (const timer of timers) if (!timer.cancelled) timer.task();
    }
    this.#elapsedMs = Math.max(this.#elapsedMs, at);
  }
}

interface Timer {
  readonly task: () => void;
  cancelled: boolean;
}
