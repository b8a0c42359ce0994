import { resyncDelay } from './lag-policy.js';

/** An observer's snapshots, one after another, and how many of them were of no use. */
export class ResyncBackoff {
  /** Snapshots after the first of an incarnation. */
  resyncs = 0;
  /** Those in a row without a transaction handled between them. */
  #futile = 0;
  /** How many it had handled at its last snapshot in this incarnation, if it had one. */
  #deliveredThen: number | undefined;

  #isFirst = true;

  /** A new incarnation begins; its first snapshot is no resync. */
  newIncarnation(): void {
    this.#deliveredThen = undefined;
  }

  /** It has paused: what comes after that was not its fault. */
  rested(): void {
    this.#futile = 0;
  }

  /** It gets a snapshot, and does not go on from what it has. */
  taken(): void {
    if (!this.#isFirst) this.resyncs++;
  }

  /**
   * It needs another snapshot, or to go on from what it has.
   *
   * @param delivered - transactions it has handled in this incarnation
   * @returns as `resyncDelay`; after `undefined` the row starts over
   */
  next(delivered: number, maxResyncs: number): number | undefined {
    const before = this.#deliveredThen;
    this.#deliveredThen = delivered;
    this.#isFirst = before === undefined;
    if (before === undefined) return 0;
    this.#futile = delivered > before ? 0 : this.#futile + 1;
    const delayMs = resyncDelay(this.#futile, maxResyncs);
    if (delayMs === undefined) this.#futile = 0;
    return delayMs;
  }
}
