import type { ObserverProgress } from '../../driver/registry-port.js';

/** How often each observer was started again in each phase, by what was counted when they began. */
export class PhaseRestarts {
  /** One a phase that has begun, and one of the end. */
  readonly #counts: ReadonlyMap<string, number>[] = [new Map()];

  /** The number of the present phase, from 0. */
  get phase(): number {
    return this.#counts.length - 1;
  }

  /** A phase ends here, or the last one does. */
  ends(observers: readonly Restarted[]): void {
    this.#counts.push(new Map(observers.map(({ name, restarts }) => [name, restarts])));
  }

  /** In a phase that has ended. */
  of(name: string, phase: number): number {
    const countAt = (boundary: number): number => this.#counts[boundary]?.get(name) ?? 0;
    return countAt(phase + 1) - countAt(phase);
  }
}

/** Restarts of an observer from the start of the run. */
type Restarted = Pick<ObserverProgress, 'name' | 'restarts'>;
