import { type Clock, ConfigError, describe } from '@panoptes/core';

/** How many virtual seconds pass in a real one; `Infinity` for as fast as possible. */
export type Speed = number;

/**
 * Reads a speed: `max`, or a factor such as `60x`.
 *
 * @throws {ConfigError} when the text is neither
 */
export function parseSpeed(text: string): Speed {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const factor = Number(/^(\d+(?:\.\d+)?)x$/.exec(text)?.[1]);
  if (factor > 0 && Number.isFinite(factor)) return factor;
  throw new ConfigError(
    `--speed: expected max or a factor above 0, such as 1x or 60x, got ${describe(text)}`,
  );
}

/** The longest single wait: timers hold 31 bits of milliseconds. */
const longestWaitMs = 2 ** 31 - 1;

/** Holds virtual time back to a multiple of real time. */
export class Pacer {
  readonly #startedAt: number;

  /**
   * @param speed - virtual seconds a real second
   * @param clock - real time
   * @param from - virtual milliseconds that have passed already
   */
  constructor(
    private readonly speed: Speed,
    private readonly clock: Clock,
    from = 0,
  ) {
    this.#startedAt = clock.monotonic() - from / speed;
  }

  /**
   * Resolves when `at` milliseconds of virtual time are due, or `signal` aborts. Returns undefined
   * when there is nothing to wait for, so that a run at full speed pays no turn for each event.
   */
  due(at: number, signal?: AbortSignal): Promise<void> | undefined {
    return this.#remainingMs(at) > 0 && signal?.aborted !== true
      ? this.#wait(at, signal)
      : undefined;
  }

  #remainingMs(at: number): number {
    if (this.speed === Number.POSITIVE_INFINITY) return 0;
    return at / this.speed - (this.clock.monotonic() - this.#startedAt);
  }

  async #wait(at: number, signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      const remainingMs = this.#remainingMs(at);
      if (remainingMs <= 0 || signal?.aborted === true) return;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          cancel();
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const cancel = this.clock.after(Math.min(Math.ceil(remainingMs), longestWaitMs), wake);
        signal?.addEventListener('abort', wake, { once: true });
      });
    }
  }
}
