/** A transaction at which an incarnation failed, and that its observer did not get again. */
export interface DeadLetter {
  readonly observer: string;
  readonly incarnation: number;
  /** The transaction that the handler was at. */
  readonly seq: number;
  /** The same, or the last of those it was given when it is not known at which it was. */
  readonly lastSeq: number;
  /** Why the incarnation ended, as in `RestartReason`. */
  readonly code: string;
  readonly error: Error;
  /** Unix milliseconds. */
  readonly at: number;
}

/**
 * The dead letters of all observers, a bounded number of them: the oldest makes room.
 *
 * There is no third attempt to wait for, as there is in systems that deliver again: an observer never
 * gets a transaction twice, since its next incarnation begins with a snapshot that contains it. What
 * ended an incarnation is skipped for that observer at once.
 */
export class DeadLetters {
  readonly #max: number;
  readonly #letters: DeadLetter[] = [];
  #total = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** How many there were, those that made room included. */
  get total(): number {
    return this.#total;
  }

  add(letter: DeadLetter): void {
    this.#total++;
    this.#letters.push(letter);
    if (this.#letters.length > this.#max) this.#letters.shift();
  }

  /** Those that are kept, oldest first. */
  list(): DeadLetter[] {
    return [...this.#letters];
  }
}
