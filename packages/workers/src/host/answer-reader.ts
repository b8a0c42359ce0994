import { type Clock, nextTurn, systemClock } from '@panoptes/core';

/**
 * Reads answers of observers on the registry's thread, of all of them one after another: each takes
 * its time to read, and many that come together must not keep the rest of the thread waiting for
 * longer than one does.
 */
export class AnswerReader {
  readonly #read: (bytes: unknown) => unknown;
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];
  #isReading = false;

  /** @param read - makes a value of the bytes of an answer */
  constructor(read: (bytes: unknown) => unknown, clock: Clock = systemClock) {
    this.#read = read;
    this.#clock = clock;
  }

  /** Reads an answer after those before it. Rejects as `read` throws. */
  take(bytes: unknown): Promise<unknown> {
    return new Promise((resolve) => {
      this.#waiting.push(() => resolve(new Promise((settle) => settle(this.#read(bytes)))));
      if (!this.#isReading) void this.#run();
    });
  }

  /** Reads what waits, and then lets a turn pass before more is read: it may have been too much already. */
  async #run(): Promise<void> {
    this.#isReading = true;
    while (this.#waiting.length > 0) {
      const turnEnds = this.#clock.monotonic() + maxTurnMs;
      do this.#waiting.shift()?.();
      while (this.#waiting.length > 0 && this.#clock.monotonic() < turnEnds);
      await nextTurn();
    }
    this.#isReading = false;
  }
}

/** How long answers are read for before the rest of the thread has its turn. */
const maxTurnMs = 4;
