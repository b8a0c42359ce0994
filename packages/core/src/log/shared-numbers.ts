/** A few whole numbers of 32 bits, in memory that threads share; all begin at 0. */
export class SharedNumbers {
  readonly buffer: SharedNumbersBuffer;
  readonly #numbers: Int32Array;

  /** @param from - how many, or the memory of those that are there already */
  constructor(from: number | SharedNumbersBuffer) {
    this.buffer = typeof from === 'number' ? new SharedArrayBuffer(from * 4) : from;
    this.#numbers = new Int32Array(this.buffer);
  }

  get(place: number): number {
    return Atomics.load(this.#numbers, place);
  }

  set(place: number, value: number): void {
    Atomics.store(this.#numbers, place, value);
  }

  /** Sets a number that is 0; the first caller's value stays. */
  claim(place: number, value: number): void {
    Atomics.compareExchange(this.#numbers, place, 0, value);
  }
}

/** The memory of shared numbers, to be handed to another thread. */
export type SharedNumbersBuffer = SharedArrayBuffer;
