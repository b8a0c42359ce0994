import { type ReadonlySignal, signal } from '@preact/signals';

/** How something went, moment by moment, a bounded number of them. */
export class Trace {
  readonly #data = signal<readonly (readonly (number | null)[])[]>([[]]);
  readonly #longestGapMs: number;
  #moments: readonly Moment[] = [];

  /** @param longestGapMs - between two moments that belong together */
  constructor(longestGapMs = Infinity) {
    this.#longestGapMs = longestGapMs;
  }

  /** Unix seconds, then the values of each moment: as charts want them. */
  get data(): ReadonlySignal<readonly (readonly (number | null)[])[]> {
    return this.#data;
  }

  /** Adds a moment: Unix milliseconds and its values, as many each time. The oldest makes room. */
  add(moment: Moment): void {
    if (atOf(this.#moments.at(-1)) >= atOf(moment)) return;
    this.#show([...this.#moments, moment]);
  }

  /** Takes what the server has kept; what was added since stays. */
  load(moments: readonly Moment[]): void {
    const last = atOf(moments.at(-1));
    this.#show([...moments, ...this.#moments.filter((moment) => atOf(moment) > last)]);
  }

  #show(moments: readonly Moment[]): void {
    this.#moments = moments.slice(-mostMoments);
    const drawn = this.#moments.flatMap((moment, place) => {
      const before = this.#moments[place - 1];
      if (before === undefined || atOf(moment) - atOf(before) <= this.#longestGapMs)
        return [moment];
      // Without a value in between, a line would be drawn across.
      return [[atOf(before) + 1, ...before.slice(1).map(() => null)], moment];
    });
    const columns = drawn.at(-1)?.length ?? 1;
    this.#data.value = Array.from({ length: columns }, (_, place) =>
      drawn.map((moment) => (place === 0 ? atOf(moment) / 1_000 : (moment[place] ?? null))),
    );
  }
}

/** Unix milliseconds, then values; null where one is not known. */
export type Moment = readonly (number | null)[];

const atOf = (moment: Moment | undefined): number => moment?.[0] ?? 0;

/** A quarter of an hour, at one a second. */
const mostMoments = 900;
