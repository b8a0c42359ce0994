/** The last rows of numbers, as many as there is room for: the oldest makes room. */
export class NumberRows {
  readonly columns: readonly string[];
  readonly #most: number;
  readonly #numbers: Float64Array;
  #next = 0;
  #count = 0;

  /** @param columns - what each number of a row is; the first is when it was noted, in Unix milliseconds */
  constructor(columns: readonly string[], most: number) {
    this.columns = columns;
    this.#most = most;
    this.#numbers = new Float64Array(most * columns.length);
  }

  /** When the last one was noted; 0 before the first. */
  get lastAt(): number {
    const last = (this.#next - 1 + this.#most) % this.#most;
    return this.#numbers[last * this.columns.length]!;
  }

  note(row: readonly number[]): void {
    this.#numbers.set(row, this.#next * this.columns.length);
    this.#next = (this.#next + 1) % this.#most;
    this.#count = Math.min(this.#most, this.#count + 1);
  }

  /** All of them, oldest first. */
  list(): number[][] {
    const width = this.columns.length;
    const first = (this.#next - this.#count + this.#most) % this.#most;
    return Array.from({ length: this.#count }, (_, at) => {
      const start = ((first + at) % this.#most) * width;
      return [...this.#numbers.subarray(start, start + width)];
    });
  }
}
