import type { LatencyHistogram } from './latency-histogram.js';

/** What is to be known of latencies in spans that follow one another: one histogram serves them all. */
export class LatencySpans<Kept> {
  readonly #ended = new Map<number, Kept>();
  #current = 0;

  /**
   * @param histogram - an empty one, for these spans alone
   * @param keep - what is kept of a span in which something was measured
   */
  constructor(
    private readonly histogram: LatencyHistogram,
    private readonly keep: (histogram: LatencyHistogram) => Kept,
  ) {}

  /** @param span - its number: what is recorded of one span comes together */
  record(ms: number, span: number): void {
    if (span !== this.#current) {
      if (this.histogram.count > 0) this.#ended.set(this.#current, this.keep(this.histogram));
      this.histogram.reset();
      this.#current = span;
    }
    this.histogram.record(ms);
  }

  /** Undefined of a span in which nothing was measured. */
  of(span: number): Kept | undefined {
    if (span !== this.#current) return this.#ended.get(span);
    return this.histogram.count > 0 ? this.keep(this.histogram) : undefined;
  }
}
