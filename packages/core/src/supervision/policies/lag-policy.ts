/** Whether an observer lags; between the two shares it stays what it was. */
export const isLagging = (wasLagging: boolean, bytesBehind: number, logBytes: number): boolean =>
  bytesBehind > logBytes * (wasLagging ? liveShare : laggingShare);

/**
 * What to do with an observer that was overtaken. A resync is futile when the observer was overtaken
 * again before it had handled a single transaction after its snapshot. Futile ones wait longer and
 * longer, since each snapshot costs the registry time; after too many in a row the observer is
 * restarted, which counts towards its quarantine.
 *
 * @param futile - futile resyncs in a row, the one to come included
 * @returns milliseconds to wait before the snapshot, or `undefined` when there were too many
 */
export function resyncDelay(futile: number, maxResyncs: number): number | undefined {
  if (futile > maxResyncs) return undefined;
  if (futile <= 1) return 0;
  return Math.min(maxResyncDelayMs, minResyncDelayMs * 2 ** (futile - 2));
}

/** An observer further behind than this share of the log is lagging. */
const laggingShare = 1 / 2;
/** It is live again once it is no further behind than this. */
const liveShare = 1 / 4;

/** The wait before the second futile resync in a row; it doubles with each further one. */
const minResyncDelayMs = 10;
/** No wait is longer. */
const maxResyncDelayMs = 1_000;
