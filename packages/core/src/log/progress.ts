import { Word } from './log-layout.js';
import { nextTurn } from '../turns.js';
import type { LogMemory } from './log-memory.js';

/**
 * Lets the main thread wait until some reader has moved its cursor, without a timer and without
 * looking again and again. Always in this order, as with a condition variable:
 *
 * ```ts
 * for (;;) {
 *   const moved = progress.moved();   // arm first,
 *   if (writer.fits(units)) break;    // then look,
 *   await Promise.race([moved, deadline]);
 * }
 * ```
 *
 * Who wakes whom: a reader stores its cursor and then looks at MAIN_WAITS. The main thread raises
 * MAIN_WAITS and then looks at the cursors. Whichever comes second sees the other's store: either
 * the caller sees the new cursor and does not wait, or the reader sees the flag and notifies, and
 * finds the wait armed because it was armed before the flag went up.
 */
export class ReaderProgress {
  readonly #words: Int32Array;
  #pending: Promise<void> | undefined;
  #isClosed = false;

  constructor(memory: LogMemory) {
    this.#words = memory.words;
  }

  /**
   * Resolves after the next time a reader's cursor moves, or a line changes hands or its gating; now
   * and then without a cause. Calls made while one is pending share its promise: it is pending only
   * as long as the flag is up or its notify is on its way, so it is never too late for the second.
   */
  moved(): Promise<void> {
    if (this.#isClosed) return nextTurn();
    this.#pending ??= this.#arm();
    return this.#pending;
  }

  /** Ends the wait, for a cause that no reader announces. */
  wake(): void {
    wakeMainThread(this.#words);
  }

  /** Ends the wait, and lets no other begin: one that is never ended would keep all of the memory for ever. */
  close(): void {
    this.#isClosed = true;
    this.wake();
  }

  #arm(): Promise<void> {
    const words = this.#words;
    // No timeout: its timer would stay when the wait ends before (https://github.com/nodejs/node/pull/44409),
    // and deadlines are the caller's.
    const wait = Atomics.waitAsync(words, Word.progress, Atomics.load(words, Word.progress));
    Atomics.store(words, Word.mainWaits, 1);
    const woken = wait.async ? wait.value : Promise.resolve();
    return woken.then(() => {
      this.#pending = undefined;
    });
  }
}

/** Called by a reader after each store of its cursor: wakes the main thread if it waits for that. */
export function announceProgress(words: Int32Array): void {
  // The plain case is a load of a line that is not being written; the exchange happens only when needed.
  if (Atomics.load(words, Word.mainWaits) === 0) return;
  if (Atomics.exchange(words, Word.mainWaits, 0) !== 0) wakeMainThread(words);
}

/**
 * Wakes the callers that wait in `moved`, flag or no flag. The main thread calls it when it changes a line:
 * a thread that was terminated between taking the flag and notifying leaves a waiter behind, and the
 * change of its line is what follows.
 */
export function wakeMainThread(words: Int32Array): void {
  Atomics.add(words, Word.progress, 1);
  Atomics.notify(words, Word.progress);
}
