import type { SeqRange } from '../../log/health-board.js';

/**
 * Whether incarnations of an observer go on from what is stored, in place of a snapshot. They are given
 * again what killed the one before; the second time in a row it is a snapshot that stands for that.
 */
export class ResumePolicy {
  /** What the last one that failed was at. */
  #failedAt: SeqRange | undefined;
  /** None is given what came up to here any more. */
  #skipped = 0;

  /** An incarnation has failed at these transactions. */
  failedAt(range: SeqRange): void {
    const before = this.#failedAt;
    this.#failedAt = range;
    if (before !== undefined && range.first <= before.last && before.first <= range.last) {
      this.#skipped = range.last;
    }
  }

  /** @param cursor - what is stored is as of this transaction */
  mayResume(cursor: number): boolean {
    return cursor >= this.#skipped;
  }
}
