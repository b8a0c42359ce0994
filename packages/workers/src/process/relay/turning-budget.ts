import { systemClock } from '@panoptes/core/observer';

/** How often a process may say that it turns: a sign of life costs it nothing, and its reader something. */
export class TurningBudget {
  #left = mostAtOnce;
  #refilledAt = systemClock.monotonic();

  /** @throws {Error} when it says so too often */
  take(): void {
    if (this.#left === 0) this.refill();
    if (this.#left === 0) throw new Error(`more than ${perSecond} signs of life a second`);
    this.#left--;
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
