/** The latest changes of the set, a bounded number of them, oldest first. */
export class SetHistory {
  readonly #size: number;
  /** A ring once it is full; the oldest is at `#oldest`. */
  readonly #changes: ValidatorChange[] = [];
  #oldest = 0;
  /** Every change after this transaction is here. */
  readonly #beginning: number;
  #forgottenUpTo = 0;

  /**
   * @param size - changes kept at most
   * @param beginning - the last transaction before those that are recorded
   */
  constructor(size: number, beginning: number) {
    this.#size = size;
    this.#beginning = beginning;
  }

  /** Adds a change that is not older than any here. The oldest goes when there are too many. */
  record(change: ValidatorChange): void {
    if (this.#changes.length < this.#size) {
      this.#changes.push(change);
      return;
    }
    this.#forgottenUpTo = this.#changes[this.#oldest]?.seq ?? change.seq;
    if (this.#size === 0) return;
    this.#changes[this.#oldest] = change;
    this.#oldest = (this.#oldest + 1) % this.#size;
  }

  /** The changes of transactions after `seq`. */
  since(seq: number, upToSeq: number): ChangesSince {
    const changes = [
      ...this.#changes.slice(this.#oldest),
      ...this.#changes.slice(0, this.#oldest),
    ].filter((change) => change.seq > seq);
    return { changes, upToSeq, complete: seq >= Math.max(this.#beginning, this.#forgottenUpTo) };
  }
}

/** A change of the active validator set. */
export interface ValidatorChange {
  /** The transaction that made it. */
  readonly seq: number;
  readonly nodeId: string;
  readonly kind: 'joined' | 'left' | 'reweighted';
  /** The weight after it; 0 for one that left. */
  readonly weight: number;
}

/** What changed after a seq. */
export interface ChangesSince {
  /** In the order in which it happened. */
  readonly changes: ValidatorChange[];
  /** The last transaction that was looked at. */
  readonly upToSeq: number;
  /** Whether that is all of it; if not, earlier changes are forgotten or were never seen. */
  readonly complete: boolean;
}
