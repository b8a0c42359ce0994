/**
 * Up to which transaction an observer's state has come, for those who ask about a certain one. It is
 * moved as a handler begins: nobody sees the state before that one has settled.
 */
export class StatePosition {
  #seq = 0;
  #waiting: { readonly seq: number; readonly goOn: () => void }[] = [];

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

  /** Resolves when everything up to `seq` is in the state; never, if the incarnation ends before. */
  reached(seq: number): Promise<void> {
    if (seq <= this.#seq) return Promise.resolve();
    return new Promise((goOn) => this.#waiting.push({ seq, goOn }));
  }
}
