import type { Clock } from '../clock.js';
import type { BreakerConfig } from '../config.js';

/**
 * Keeps an observer that fails again and again from costing every group the whole deadline: a circuit
 * breaker (Nygard, Release It!, 2007; after Pekko's).
 *
 * ```
 *   closed ──maxFailures in a row──► open ──resetMs──► half-open ──success──► closed
 *                                     ▲                    │
 *                                     └──failure, resetMs doubled
 * ```
 */
export class Breaker {
  readonly #config: BreakerConfig;
  readonly #clock: Clock;
  #failures = 0;
  #resetMs: number;
  /** When it opened; undefined while it is closed. */
  #openedAt: number | undefined;

  constructor(config: BreakerConfig, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
    this.#resetMs = config.resetMs;
  }

  get state(): 'closed' | 'open' | 'half-open' {
    if (this.#openedAt === undefined) return 'closed';
    return this.#clock.monotonic() - this.#openedAt < this.#resetMs ? 'open' : 'half-open';
  }

  /** A vote was cast: it succeeded, accepted or vetoed. */
  succeeded(): void {
    this.reset();
  }

  /** A group's vote failed; several failures in one group count once. */
  failed(): void {
    switch (this.state) {
      case 'closed':
        if (++this.#failures >= this.#config.maxFailures) this.#open();
        break;
      case 'half-open':
        this.#resetMs = Math.min(2 * this.#resetMs, this.#config.maxResetMs);
        this.#open();
        break;
      case 'open':
      // It finished after the breaker had opened: what it says is known.
    }
  }

  /** Starts over, as for a new incarnation. */
  reset(): void {
    this.#failures = 0;
    this.#resetMs = this.#config.resetMs;
    this.#openedAt = undefined;
  }

  #open(): void {
    this.#openedAt = this.#clock.monotonic();
  }
}
