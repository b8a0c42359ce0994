import type { LogPoint } from './log-memory.js';

/**
 * Points of a log, one in about every 64 KiB of what it holds, from which a reader can go on that knows
 * nothing but a seq. Records are found from one to the next alone.
 */
export class LogMarks {
  readonly #seqs: Float64Array;
  readonly #positions: Float64Array;
  /** How many were ever noted. */
  #count = 0;
  /** Where the next may be. */
  #next = 0;

  /** @param units - of the log's data */
  constructor(units: number) {
    const places = Math.ceil(units / MARK_UNITS) + 1;
    this.#seqs = new Float64Array(places);
    this.#positions = new Float64Array(places);
  }

  /** Notes a point further on than all before, unless it is close behind the last. */
  note(position: number, seq: number): void {
    if (position < this.#next) return;
    this.#next = position + MARK_UNITS;
    const place = this.#count++ % this.#seqs.length;
    this.#seqs[place] = seq;
    this.#positions[place] = position;
  }

  /** The last point before transaction `seq`, if there is one that is kept. */
  before(seq: number): LogPoint | undefined {
    const places = this.#seqs.length;
    for (let at = this.#count - 1; at >= Math.max(0, this.#count - places); at--) {
      const place = at % places;
      if (this.#seqs[place]! >= seq) continue;
      return { position: this.#positions[place]!, seq: this.#seqs[place]! };
    }
    return undefined;
  }
}

/** Units between two marks, at least. */
const MARK_UNITS = 8192;
