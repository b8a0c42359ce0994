import { type SourceHead, systemClock } from '@panoptes/core';
import type { RunStream } from './run-stream.js';

/** The newest transaction of a stream, as it was a moment ago. Nothing is asked while nobody looks. */
export class StreamHead {
  readonly #stream: RunStream;
  #newest: SourceHead | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(stream: RunStream) {
    this.#stream = stream;
  }

  /** What the last question brought; asks again when that was a while ago. */
  look(): SourceHead | undefined {
    const now = systemClock.monotonic();
    if (now - this.#askedAt >= askEveryMs) {
      this.#askedAt = now;
      // Without an answer it stays as it was.
      void this.#ask().catch(() => undefined);
    }
    return this.#newest;
  }

  async #ask(): Promise<void> {
    const { last } = await this.#stream.ends();
    const found = await this.#stream.message(last);
    if (found === undefined) return;
    const { epoch, lastSeq: seq } = found.message;
    this.#newest = { epoch, seq, time: found.at };
  }
}

const askEveryMs = 250;
