import type { Cancel, Clock, TimerOptions } from '../clock.js';

interface Timer {
  readonly at: number;
  readonly task: () => void;
  readonly isBackground: boolean;
}

/** Time that stands still until the test moves it. */
export class ManualClock implements Clock {
  #time: number;
  #shift = 0;
  readonly #timers = new Set<Timer>();

  constructor(time = 1_000_000) {
    this.#time = time;
  }

  /** How many timers are set that would keep the process alive. */
  get timers(): number {
    return [...this.#timers].filter(({ isBackground }) => !isBackground).length;
  }

  now(): number {
    return this.#time + this.#shift;
  }

  monotonic(): number {
    return this.#time;
  }

  after(delayMs: number, task: () => void, options: TimerOptions = {}): Cancel {
    const isBackground = options.background ?? false;
    const timer: Timer = { at: this.#time + delayMs, task, isBackground };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Sets the date forward, or back. Durations are what they are. */
  setDate(byMs: number): void {
    this.#shift += byMs;
  }

  /** Moves time on as it passes for a thread that is blocked: what was due rings only afterwards. */
  leap(ms: number): void {
    this.#time += ms;
    this.advance(0);
  }

  /** Moves time on and rings what is due, in order. */
  advance(ms: number): void {
    const end = this.#time + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#time = Math.max(this.#time, next.at);
      next.task();
    }
    this.#time = end;
  }
}

/** Lets everything that can happen without a timer happen. */
export async function settleTurns(turns = 3): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}
