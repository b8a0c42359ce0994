import { BenchMismatchError } from '../bench-error.js';
import type { Population } from '../workload/population.js';

/** Something that programs ask of a registry all the time. */
export interface Operation {
  readonly name: string;
  /** What there is to know about its figure. */
  readonly note?: string;
  /**
   * Does it `count` times.
   *
   * @param timed - runs the part that is measured; what is outside of it is not
   * @returns how often what the figure is for was done
   * @throws {BenchMismatchError} when it did not do what it should
   */
  run(population: Population, count: number, timed: Timed): Promise<number>;
}

/** Measures what some work takes. */
export type Timed = (work: () => void | Promise<void>) => Promise<void>;

/** @throws {BenchMismatchError} when an operation did something else than it should */
export function checkDone(what: string, expected: number, got: number): void {
  if (got === expected) return;
  throw new BenchMismatchError(
    `operations, ${what}: expected ${expected}, got ${got}; no figures are reported`,
  );
}
