import type { ObserverStats } from './observer-stats.js';

/** The last figures of observers that ended by themselves, kept for a while so that they can be read. */
export class EndedObservers {
  #ended: { readonly at: number; readonly stats: ObserverStats }[] = [];

  /** @param now - milliseconds, by the clock of `list` */
  add(stats: ObserverStats, now: number): void {
    this.#ended.push({ at: now, stats });
    if (this.#ended.length > maxEndedKept) this.#ended.shift();
  }

  /** Those of the last minute, oldest first. */
  list(now: number): ObserverStats[] {
    this.#ended = this.#ended.filter(({ at }) => now - at < endedKeptMs);
    return this.#ended.map(({ stats }) => stats);
  }
}

/** How long the last figures of an observer that ended by itself are kept. */
const endedKeptMs = 60_000;
/** Most observers whose last figures are kept. */
const maxEndedKept = 64;
