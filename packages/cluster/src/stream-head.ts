import { type Clock, type SourceHead, systemClock } from '@panoptes/core';

/** The newest transaction of a stream, as it was a moment ago. Nothing is asked while nobody looks. */
export class StreamHead {
  readonly #ask: () => Promise<SourceHead | undefined>;
  readonly #clock: Clock;
  #newest: SourceHead | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  /** @param ask - finds it out */
  constructor(ask: () => Promise<SourceHead | undefined>, clock: Clock = systemClock) {
    this.#ask = ask;
    this.#clock = clock;
  }

  /** What the last question brought; asks again when that was a while ago. */
  look(): SourceHead | undefined {
    const now = this.#clock.monotonic();
    if (now - this.#askedAt >= askEveryMs) {
      this.#askedAt = now;
      this.#ask().then(
        (head) => (this.#newest = head ?? this.#newest),
        // Without an answer it stays as it was.
        () => undefined,
      );
    }
    return this.#newest;
  }
}

const askEveryMs = 250;
