import type { ChurnEvent, PlainModel } from '@panoptes/testkit/model';
import { churnIterator } from '../churn/churn-events.js';
import type { ChurnSource } from '../churn/churn-source.js';

/** Brings the model to a given change of a source that it reads by itself, or of one that is sent. */
export class ChurnFeed {
  readonly #own: ReturnType<typeof churnIterator> | undefined;
  #taken = 0;

  /** @param source - undefined when the changes are sent */
  constructor(source: ChurnSource | undefined) {
    this.#own = source && churnIterator(source.events);
  }

  /**
   * @param to - changes from the beginning
   * @param sent - those that were sent since the last time
   * @throws {Error} when the source has fewer
   */
  async advance(model: PlainModel, to: number, sent: readonly ChurnEvent[]): Promise<void> {
    for (const change of sent) {
      const behind = model.apply(change);
      if (behind !== undefined) await behind;
    }
    this.#taken += sent.length;
    for (; this.#own !== undefined && this.#taken < to; this.#taken++) {
      const step = this.#own.next();
      const next = step instanceof Promise ? await step : step;
      if (next.done === true) {
        throw new Error(
          `expected ${to} changes when its source was read again, got ${this.#taken}: ` +
            'it has changed meanwhile',
        );
      }
      const behind = model.apply(next.value);
      if (behind !== undefined) await behind;
    }
  }
}
