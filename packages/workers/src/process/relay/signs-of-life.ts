import { systemClock } from '@panoptes/core/observer';
import type { SentItem } from './data-feed.js';

/**
 * What a process's saying that it turns is worth. It stands for progress within what it was sent, of which
 * there is at most one step for each transaction or proposal: a handler that does not end is found,
 * however often its process says so. And a sign of life costs it nothing, and its reader something.
 */
export class SignsOfLife {
  /** What it was at when it gave a sign last, and how many more there may be of that. */
  #item: SentItem | undefined;
  #steps = 0;
  #left = mostAtOnce;
  #refilledAt = systemClock.monotonic();

  /**
   * It gives a sign.
   *
   * @param item - what it is at
   * @returns whether it has got on
   * @throws {Error} when it does so too often
   */
  take(item: SentItem | undefined): boolean {
    if (this.#left === 0) this.refill();
    if (this.#left === 0) throw new Error(`more than ${perSecond} signs of life a second`);
    this.#left--;
    if (item !== this.#item) this.#steps = item === undefined ? 0 : item.last - item.first + 1;
    this.#item = item;
    return this.#steps-- > 0;
  }

  /** More is allowed, as time has passed. */
  refill(): void {
    const now = systemClock.monotonic();
    const more = Math.floor(((now - this.#refilledAt) * perSecond) / 1_000);
    if (more === 0) return;
    this.#left = Math.min(mostAtOnce, this.#left + more);
    this.#refilledAt = now;
  }
}

const perSecond = 1_000;
const mostAtOnce = 10_000;
