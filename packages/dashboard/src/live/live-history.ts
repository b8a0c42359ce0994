import { type ObserverState, type ObserverStats, figures } from '@panoptes/core';
import type { RegistryLook } from '../metrics/registry-look.js';
import { NumberRows } from './number-rows.js';
import { ObserverHistories, mostRows } from './observer-histories.js';
import { RecentQuantiles } from './recent-quantiles.js';

/** The last quarter of an hour of a registry and its observers, a row of numbers for each sample. */
export class LiveHistory {
  readonly observers = new ObserverHistories();
  readonly #rows = new NumberRows(historyColumns, mostRows);
  readonly #commitMs = new RecentQuantiles(commitBounds);

  /**
   * Notes a sample; the oldest makes room.
   *
   * @param at - Unix milliseconds
   * @param delayMs - how late the event loop came to it
   * @returns the row that it noted
   */
  note(look: RegistryLook, at: number, delayMs: number): readonly number[] {
    const { registry, log, watched, store, observers } = look;
    const [commitP50Ms, commitP99Ms] = this.#commitMs.take(registry.commitMs, [0.5, 0.99]);
    const values: Readonly<Record<HistoryColumn, number>> = {
      at,
      ...{ committed: registry.committed, rejected: registry.rejected, vetoed: registry.vetoed },
      ...{ peers: watched.peers, waiting: watched.waiting, observers: watched.observers },
      maxLag: maxLag(observers),
      writtenBytes: log.writtenBytes,
      unsynced: store?.unsynced ?? NaN,
      eventLoopDelayMs: delayMs,
      ...{ commitP50Ms: commitP50Ms!, commitP99Ms: commitP99Ms! },
    };
    const row = historyColumns.map((column) => values[column]);
    this.#rows.note(row);
    this.observers.note(observers, at);
    return row;
  }

  /** All of them, oldest first. */
  list(): number[][] {
    return this.#rows.list();
  }
}

/**
 * What is noted, in the order of a row. Counters are as they stood, quantiles are those since the row
 * before; what is not known is NaN.
 */
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
  'commitP50Ms',
  'commitP99Ms',
] as const;

type HistoryColumn = (typeof historyColumns)[number];

/** Of those that follow the log: whatever has no place in it, or was told to wait, is behind by all. */
function maxLag(observers: readonly ObserverStats[]): number {
  const following = observers.filter(({ state }) => followingStates.includes(state));
  return following.reduce((most, { lag }) => Math.max(most, lag), 0);
}

const followingStates: readonly ObserverState[] = ['live', 'lagging', 'stuck'];

const { bounds: commitBounds } = figures.registry.find((one) => one.id === 'commitMs')!;

/** Milliseconds between two samples. */
export const historyIntervalMs = 1_000;
