import { QueryError } from '@panoptes/core/observer';

/**
 * Up to which transaction an observer's state has come, for those who ask about a certain one. It is
 * moved as a handler begins: nobody sees the state before that one has settled.
 */
export class StatePosition {
  #seq = 0;
  #waiting: Waiting[] = [];
  #isResting = false;

  /** The last transaction that is in the state, or that its snapshot stood for; 0 before that. */
  get seq(): number {
    return this.#seq;
  }

  /** A handler is about to take everything up to `seq` in. */
  enter(seq: number): void {
    this.#seq = seq;
  }

  /** A handler has settled: who waited for what it took in goes on. */
  tell(): void {
    if (this.#waiting.length === 0) return;
    const all = this.#waiting;
    this.#waiting = [];
    for (const one of all) {
      if (one.seq <= this.#seq) one.goOn();
      else this.#waiting.push(one);
    }
  }

  /** Nothing more comes for now: who waits for it is refused, from now on too. */
  rest(): void {
    this.#isResting = true;
    for (const { refuse } of this.#waiting.splice(0)) refuse(this.#paused());
  }

  /** More comes. */
  goOn(): void {
    this.#isResting = false;
  }

  /**
   * Resolves when everything up to `seq` is in the state; never, if the incarnation ends before.
   *
   * @throws {QueryError} when nothing more comes for now
   */
  async reached(seq: number): Promise<void> {
    if (seq <= this.#seq) return;
    if (this.#isResting) throw this.#paused();
    await new Promise<void>((goOn, refuse) => this.#waiting.push({ seq, goOn, refuse }));
  }

  #paused(): QueryError {
    return new QueryError(`the observer is paused at transaction ${this.#seq}; resume it first`);
  }
}

/** One who waits for a transaction. */
interface Waiting {
  readonly seq: number;
  readonly goOn: () => void;
  readonly refuse: (error: QueryError) => void;
}
