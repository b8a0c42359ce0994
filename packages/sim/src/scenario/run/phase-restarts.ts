import type { ObserverProgress } from '../../driver/registry-port.js';
import type { SegmentRange } from '../../time/time-segments.js';

/** How often each observer was started again in each phase, by what was counted where phases begin and end. */
export class PhaseRestarts {
  /** One a segment of time that has begun, and one of the end. */
  readonly #counts: ReadonlyMap<string, number>[] = [new Map()];

  /** The number of the present segment, from 0. */
  get segment(): number {
    return this.#counts.length - 1;
  }

  /** A segment ends here, or the last one does. */
  ends(observers: readonly Restarted[]): void {
    this.#counts.push(new Map(observers.map(({ name, restarts }) => [name, restarts])));
  }

  /** In the segments of a phase, up to the end of the last one that has ended. */
  of(name: string, { from, to }: SegmentRange): number {
    const countAt = (bound: number): number =>
      this.#counts[Math.min(bound, this.segment)]!.get(name) ?? 0;
    return countAt(to) - countAt(from);
  }
}

/** Restarts of an observer from the start of the run. */
type Restarted = Pick<ObserverProgress, 'name' | 'restarts'>;
