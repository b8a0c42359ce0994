import type { RegistryLook } from '../metrics/registry-look.js';

/** The last quarter of an hour of a registry, a row of numbers for each sample. */
export class LiveHistory {
  readonly #rows = new Float64Array(mostRows * historyColumns.length);
  #next = 0;
  #count = 0;

  /**
   * Notes a sample; the oldest makes room.
   *
   * @param at - Unix milliseconds
   * @param delayMs - how late the event loop came to it
   */
  note(look: RegistryLook, at: number, delayMs: number): void {
    const { registry, log, watched, store, observers } = look;
    const values: Readonly<Record<HistoryColumn, number>> = {
      at,
      ...{ committed: registry.committed, rejected: registry.rejected, vetoed: registry.vetoed },
      ...{ peers: watched.peers, waiting: watched.waiting, observers: watched.observers },
      maxLag: observers.reduce((most, { lag }) => Math.max(most, lag), 0),
      writtenBytes: log.writtenBytes,
      unsynced: store?.unsynced ?? NaN,
      eventLoopDelayMs: delayMs,
    };
    const start = this.#next * historyColumns.length;
    for (const [place, column] of historyColumns.entries()) {
      this.#rows[start + place] = values[column];
    }
    this.#next = (this.#next + 1) % mostRows;
    this.#count = Math.min(mostRows, this.#count + 1);
  }

  /** All of them, oldest first. */
  list(): number[][] {
    const width = historyColumns.length;
    const first = (this.#next - this.#count + mostRows) % mostRows;
    return Array.from({ length: this.#count }, (_, at) => {
      const start = ((first + at) % mostRows) * width;
      return [...this.#rows.subarray(start, start + width)];
    });
  }
}

/** What is noted, in the order of a row. Counters are as they stood; what is not known is NaN. */
export const historyColumns = [
  'at',
  'committed',
  'rejected',
  'vetoed',
  'peers',
  'waiting',
  'observers',
  'maxLag',
  'writtenBytes',
  'unsynced',
  'eventLoopDelayMs',
] as const;

type HistoryColumn = (typeof historyColumns)[number];

/** Milliseconds between two samples. */
export const historyIntervalMs = 1_000;
/** A quarter of an hour. */
const mostRows = 900;
