import type { Clock } from '@panoptes/core';

/**
 * Ends all waiting of a run that was interrupted, once nothing goes on any more that could end it.
 * Before the interruption there is no limit.
 */
export class InterruptDeadline {
  /** How to tell those who wait that time is up. */
  readonly #waiting = new Set<(error: InterruptedWait) => void>();
  #hasPassed = false;

  /** @param progress - changes as long as something goes on */
  constructor(
    signal: AbortSignal | undefined,
    private readonly clock: Clock,
    private readonly progress: () => number,
  ) {
    const start = (): void => this.#look(progress(), 0);
    if (signal?.aborted === true) start();
    else signal?.addEventListener('abort', start, { once: true });
  }

  #look(before: number, idleMs: number): void {
    if (idleMs >= graceMs) {
      this.#hasPassed = true;
      for (const reject of this.#waiting) reject(new InterruptedWait());
      return;
    }
    const look = (): void => {
      const now = this.progress();
      this.#look(now, now === before ? idleMs + lookMs : 0);
    };
    this.clock.after(lookMs, look, { background: true });
  }

  /**
   * Waits for something no longer than there is time.
   *
   * @throws {InterruptedWait} when the time has passed; its later outcome is ignored
   */
  async limit<T>(work: Promise<T>): Promise<T> {
    let stop: ((error: InterruptedWait) => void) | undefined;
    const passed = new Promise<never>((_, reject) => {
      this.#waiting.add((stop = reject));
      if (this.#hasPassed) reject(new InterruptedWait());
    });
    try {
      return await Promise.race([work, passed]);
    } finally {
      this.#waiting.delete(stop!);
    }
  }
}

/** How long a run that was interrupted waits without progress, in milliseconds: something hangs. */
const graceMs = 5_000;
/** Between two looks at what goes on. */
const lookMs = 250;

/** What was waited for did not come within the time that an interrupted run has. */
export class InterruptedWait extends Error {}
