import { type ReadonlySignal, signal } from '@preact/signals';

/** What was seen of something while its page was open, a bounded number of moments. */
export class Trace {
  readonly #data = signal<readonly (readonly (number | null)[])[]>([[]]);

  /** Unix seconds, then the values of each moment: as charts want them. */
  get data(): ReadonlySignal<readonly (readonly (number | null)[])[]> {
    return this.#data;
  }

  /**
   * Adds a moment; the oldest makes room.
   *
   * @param at - Unix milliseconds
   * @param values - as many each time
   */
  add(at: number, values: readonly (number | null)[]): void {
    const before = this.#data.peek();
    if ((before[0]?.at(-1) ?? 0) >= at / 1_000) return;
    this.#data.value = [at / 1_000, ...values].map((value, place) => [
      ...(before[place] ?? []).slice(-mostMoments + 1),
      value,
    ]);
  }
}

/** A quarter of an hour, at one a second. */
const mostMoments = 900;
