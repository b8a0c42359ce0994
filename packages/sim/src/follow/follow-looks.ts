import type { Clock } from '@panoptes/core';

/** What it finds when it looks: at once, and then each `everyMs`, until `signal` aborts. */
export async function* followLooks<Found>(
  look: () => Found,
  { clock, everyMs, signal }: LookTimes,
): AsyncGenerator<Found> {
  while (!signal.aborted) {
    yield look();
    await new Promise<void>((resolve) => {
      if (signal.aborted) return resolve();
      const goOn = (): void => {
        cancel();
        signal.removeEventListener('abort', goOn);
        resolve();
      };
      const cancel = clock.after(everyMs, goOn);
      signal.addEventListener('abort', goOn, { once: true });
    });
  }
}

/** When it looks. */
export interface LookTimes {
  /** Real time. */
  readonly clock: Clock;
  readonly everyMs: number;
  readonly signal: AbortSignal;
}
