import type { PeerEntry } from '@panoptes/core/observer';

/** What an observer has handled. */
export interface Tally {
  readonly count: number;
  /** Of what it read in each event. Whole numbers that stay exact. */
  readonly sum: number;
}

/** What every observer of every system does with an event: it reads two fields. */
export const reading = (entry: PeerEntry): number =>
  entry.connectionMetrics.latencyMs + entry.dataTransferred;

/** Adds up what one observer handles. */
export class TallyCounter {
  #count = 0;
  #sum = 0;

  /** How many it has handled since it was last taken. */
  get count(): number {
    return this.#count;
  }

  add(value: number): void {
    this.#count++;
    this.#sum += value;
  }

  /** The tally, which starts over. */
  take(): Tally {
    const tally = { count: this.#count, sum: this.#sum };
    this.#count = 0;
    this.#sum = 0;
    return tally;
  }
}
