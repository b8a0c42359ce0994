import { type Cancel, systemClock } from '../clock.js';
import type { ChangeLog } from './change-log.js';

/**
 * Waits for room in a full log. Readers that asked to be waited for get `blockTimeoutMs` at a time;
 * then the one furthest behind is passed, and waited for again once the transaction is written.
 */
export class LogBackpressure {
  readonly #log: ChangeLog;
  readonly #seeker: RoomSeeker;
  readonly #blockTimeoutMs: number;
  /** Lines passed in this wait. */
  readonly #passed: number[] = [];

  constructor(log: ChangeLog, seeker: RoomSeeker, blockTimeoutMs: number) {
    this.#log = log;
    this.#seeker = seeker;
    this.#blockTimeoutMs = blockTimeoutMs;
  }

  /** Resolves when the transaction that waits finds room. */
  async wait(): Promise<void> {
    const { progress, counters } = this.#log;
    const from = systemClock.monotonic();
    counters.waits++;
    let isLate = false;
    let cancel: Cancel = () => undefined;
    const deadline = new Promise<void>((resolve) => {
      cancel = systemClock.after(this.#blockTimeoutMs, () => {
        isLate = true;
        resolve();
      });
    });
    try {
      for (;;) {
        const moved = progress.moved();
        if (this.#seeker.hasRoom()) return;
        // Past the deadline that one would be over at once, again and again.
        await (isLate ? moved : Promise.race([moved, deadline]));
        while (isLate && !this.#seeker.hasRoom() && this.#passSlowest());
      }
    } finally {
      cancel();
      counters.waitedMs += systemClock.monotonic() - from;
    }
  }

  /** Waits again, from now on, for the readers that were passed. */
  restoreGating(): void {
    for (const line of this.#passed.splice(0)) this.#log.lines.restore(line);
  }

  #passSlowest(): boolean {
    const line = this.#log.slowestGating();
    if (line === undefined) return false;
    this.#passed.push(line);
    this.#log.lines.pass(line);
    this.#log.counters.passed++;
    return true;
  }
}

/** Who has a transaction that waits for room. */
export interface RoomSeeker {
  /** Whether it would find it now. */
  hasRoom(): boolean;
}
