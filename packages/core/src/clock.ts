import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { clearTimeout, setTimeout } from 'node:timers';
import { errorOf } from './error-of.js';

/** Time, as the system sees it. Everything that waits or stamps takes it from here. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
  /** Milliseconds from an arbitrary start, never going back; for measuring durations. */
  monotonic(): number;
  /**
   * Calls `task` once, after at least `delayMs` milliseconds; what is overdue comes in the next turn.
   * Keeps the process alive until then. After `Infinity` it is never called, and keeps nothing alive.
   */
  after(delayMs: number, task: () => void, options?: TimerOptions): Cancel;
}

/** Cancels what it was returned for; calling it again has no effect. */
export type Cancel = () => void;

/** What is called on a clock. */
export const clockMethods: readonly (keyof Clock)[] = ['now', 'monotonic', 'after'];

/** How to wait. */
export interface TimerOptions {
  /** Whether the process may end meanwhile, if there is nothing else that keeps it alive. */
  readonly background?: boolean;
}

/** Node turns a longer wait into one of a millisecond. */
const maxTimerMs = 2 ** 31 - 1;

/**
 * The machine's own time. Durations and timers are taken from Node's modules, which fake timers of
 * tests do not replace, as they do the global functions: nothing waits for a test to move time. The
 * date is the program's own, so that a test may choose which day it is for its peers.
 */
export const systemClock: Clock = Object.freeze<Clock>({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, task, { background = false } = {}) {
    let timer: NodeJS.Timeout | undefined;
    const wait = (leftMs: number): void => {
      const isLast = leftMs <= maxTimerMs;
      const next = isLast ? task : () => wait(leftMs - maxTimerMs);
      timer = setTimeout(next, isLast ? Math.max(0, leftMs) : maxTimerMs);
      if (background) timer.unref();
    };
    if (delayMs !== Infinity) wait(delayMs);
    return () => clearTimeout(timer);
  },
});

/** A number from 0 up to, and never, 1. */
export type Chance = () => number;

/** The machine's own chance. */
export const systemChance: Chance = () => Math.random();

/** Makes an id that no other has: a UUID. */
export const newId = (): string => randomUUID();

/**
 * Settles as `promise` does, unless that takes longer than `limitMs`: then rejects with what `late`
 * makes. The timer is gone as soon as either has happened.
 */
export function withDeadline<T>(
  clock: Clock,
  promise: Promise<T>,
  limitMs: number,
  late: () => Error,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () => reject(late()));
    promise.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(errorOf(error));
      },
    );
  });
}
