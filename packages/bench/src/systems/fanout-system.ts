import type { SystemName } from '../bench-document.js';
import { BenchMismatchError } from '../bench-error.js';
import type { Tally } from '../workload/tally.js';

/** A way to tell observers of every change to a registry. */
export interface FanoutSystem {
  readonly name: SystemName;
  /** What there is to know about its figures. */
  readonly note?: string;
  /** Makes so many changes; resolves when every observer has handled every one. */
  run(changes: number): Promise<void>;
  /** What each observer has handled since this was last asked. */
  takeTallies(): Promise<readonly Tally[]>;
  /** What each observer should have handled since this was last asked. */
  takeExpected(): Tally;
  close(): Promise<void>;
}

/**
 * Checks what a system's observers handled.
 *
 * @throws {BenchMismatchError} naming the first that did not handle exactly what was sent
 */
export function checkTallies(system: string, tallies: readonly Tally[], expected: Tally): void {
  tallies.forEach(({ count, sum }, observer) => {
    if (count === expected.count && sum === expected.sum) return;
    throw new BenchMismatchError(
      `${system}: observer ${observer + 1} of ${tallies.length} handled ${count} events with ` +
        `checksum ${sum}, but ${expected.count} with checksum ${expected.sum} were sent; ` +
        'no figures are reported',
    );
  });
}
