import { systemClock } from '@panoptes/core';
import { BenchThreadError } from '../bench-error.js';
import { patienceMs } from '../systems/panoptes-system.js';

/**
 * Resolves when something is so.
 *
 * @throws {BenchThreadError} when it is not within a minute
 */
export async function until(isTrue: () => boolean): Promise<void> {
  const start = systemClock.monotonic();
  while (!isTrue()) {
    if (systemClock.monotonic() - start > patienceMs) {
      throw new BenchThreadError('an observer did not do what was waited for within a minute');
    }
    await new Promise<void>((resolve) => systemClock.after(1, resolve));
  }
}
