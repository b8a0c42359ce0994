import type { ChurnEvent } from '../churn/churn-event.js';

/** How many peers were online over a run. */
export interface PopulationFigures {
  /** At virtual time 0: they were there before anything happened. */
  readonly initial: number;
  readonly peak: number;
  /** Weighted by time over the whole span; of a span of 0, the final number. */
  readonly mean: number;
  readonly final: number;
  /** Different node ids that were ever online. */
  readonly distinct: number;
}

/** Counts the peers that are online as events go by. */
export class Population {
  readonly #online = new Set<string>();
  readonly #everOnline = new Set<string>();
  #initial = 0;
  #peak = 0;
  #lastAt = 0;
  /** Peers × milliseconds up to the last event. */
  #area = 0;

  get online(): number {
    return this.#online.size;
  }

  count(event: ChurnEvent): void {
    this.#area += this.#online.size * (event.at - this.#lastAt);
    this.#lastAt = event.at;
    if (event.kind === 'leave') {
      this.#online.delete(event.nodeId);
      return;
    }
    const { nodeId } = event.peer.peerId;
    this.#online.add(nodeId);
    this.#everOnline.add(nodeId);
    this.#peak = Math.max(this.#peak, this.#online.size);
    if (event.at === 0) this.#initial = this.#online.size;
  }

  /** @param spanMs - virtual time from 0 that the mean is taken over, no earlier than the last event */
  figures(spanMs: number): PopulationFigures {
    const area = this.#area + this.#online.size * (spanMs - this.#lastAt);
    return {
      initial: this.#initial,
      peak: this.#peak,
      mean: spanMs > 0 ? area / spanMs : this.#online.size,
      final: this.#online.size,
      distinct: this.#everOnline.size,
    };
  }
}
