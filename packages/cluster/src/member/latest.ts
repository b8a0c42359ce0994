/** What is so now, and whatever it becomes, for any number of readers: a slow one is told the newest alone. */
export class Latest<Value> {
  #value: Value;
  #isOver = false;
  #change!: Promise<void>;
  #changed!: () => void;

  constructor(value: Value) {
    this.#value = value;
    this.#arm();
  }

  get value(): Value {
    return this.#value;
  }

  set(value: Value): void {
    this.#value = value;
    this.#tell();
  }

  /** There will be no other. */
  end(): void {
    this.#isOver = true;
    this.#tell();
  }

  /** What is so now first, then what it becomes, until it is over, or the signal is aborted. */
  async *follow(signal?: AbortSignal): AsyncGenerator<Value, undefined> {
    let told: Value | undefined;
    let leave!: () => void;
    const left = new Promise<void>((resolve) => (leave = resolve));
    signal?.addEventListener('abort', leave, { once: true });
    try {
      while (signal?.aborted !== true) {
        if (this.#value !== told) {
          told = this.#value;
          yield told;
        } else if (this.#isOver) return undefined;
        else await Promise.race([this.#change, left]);
      }
    } finally {
      signal?.removeEventListener('abort', leave);
    }
    return undefined;
  }

  #tell(): void {
    this.#changed();
    this.#arm();
  }

  #arm(): void {
    this.#change = new Promise((resolve) => (this.#changed = resolve));
  }
}
