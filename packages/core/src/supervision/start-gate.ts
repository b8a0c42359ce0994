import pLimit from 'p-limit';
import type { Clock } from '../clock.js';

/**
 * Lets a few observers start at a time: a thread that starts keeps a processor busy, and more of them
 * at once would only slow each other down. One that takes long gives its place to the next, so that
 * none waits for ever behind those whose `setup` never ends.
 */
export class StartGate {
  readonly #clock: Clock;
  readonly #places: ReturnType<typeof pLimit>;

  /** @param places - how many */
  constructor(places: number, clock: Clock) {
    this.#clock = clock;
    this.#places = pLimit(places);
  }

  /** Starts when there is a place, and settles as `start` does. */
  pass(start: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      void this.#places(() => {
        const started = start();
        started.then(resolve, reject);
        return this.#held(started);
      });
    });
  }

  /** Until a start has settled, or has had its time. */
  #held(started: Promise<void>): Promise<void> {
    return new Promise((giveBack) => {
      const cancel = this.#clock.after(holdMs, giveBack);
      const done = (): void => {
        cancel();
        giveBack();
      };
      started.then(done, done);
    });
  }
}

/**
 * How long a start holds its place. Making a thread and loading a module keep a processor busy for
 * some 50 ms; what takes longer usually waits.
 */
const holdMs = 250;
