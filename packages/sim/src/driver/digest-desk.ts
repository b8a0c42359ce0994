import { availableParallelism } from 'node:os';
import { type Cancel, type Clock, ObserverUnavailableError } from '@panoptes/core';
import type { ObserverPort } from './registry-port.js';

/**
 * Asks observers for their digests, and waits for each no longer than it may be silent. One whose
 * `digest()` does not settle keeps its thread well, so that the supervisor has nothing to end.
 */
export class DigestDesk {
  readonly #clock: Clock;
  readonly #hangTimeoutMs: number;
  /** Those that owe an answer, for which nobody waits any more. */
  readonly #late = new Map<string, Error>();
  #waiting = 0;
  #answers = 0;

  /**
   * @param clock - real time
   * @param hangTimeoutMs - how long an observer may run without a heartbeat
   */
  constructor(clock: Clock, hangTimeoutMs: number) {
    this.#clock = clock;
    this.#hangTimeoutMs = hangTimeoutMs;
  }

  /**
   * The digest of an observer. One that still owes an earlier answer is not asked again.
   *
   * @throws {ObserverUnavailableError} when it does not answer in time; or what it cannot be asked with
   */
  async of(port: AskedObserver): Promise<string> {
    const owed = this.#late.get(port.name);
    if (owed !== undefined) throw owed;
    this.#waiting++;
    let stop: Cancel | undefined;
    const asked = port.digest();
    const late = new Promise<never>((_, reject) => {
      stop = this.#watch(port.name, reject);
    });
    const settled = (): void => {
      this.#answers++;
      this.#late.delete(port.name);
    };
    asked.then(settled, settled);
    try {
      return await Promise.race([asked, late]);
    } finally {
      this.#waiting--;
      stop?.();
    }
  }

  /** Looks at whether anybody answers, until one has been silent for too long. */
  #watch(name: string, reject: (error: Error) => void): Cancel {
    let silentMs = 0;
    let answers = this.#answers;
    const look = (): void => {
      // A look counts for no more than its own time: this thread may have been stalled as well.
      silentMs = answers === this.#answers ? silentMs + lookMs : 0;
      answers = this.#answers;
      if (silentMs < this.#limitMs) {
        cancel = this.#clock.after(lookMs, look);
        return;
      }
      const error = new ObserverUnavailableError(
        `observer '${name}' did not answer: its digest() has not settled for ${silentMs} ms ` +
          `(hangTimeoutMs: ${this.#hangTimeoutMs})`,
      );
      this.#late.set(name, error);
      reject(error);
    };
    let cancel = this.#clock.after(lookMs, look);
    return () => cancel();
  }

  /** Those that are asked at a time share the processors. */
  get #limitMs(): number {
    return patience * this.#hangTimeoutMs * Math.max(1, this.#waiting / availableParallelism());
  }
}

/** Of an observer, what it takes to ask it. */
export type AskedObserver = Pick<ObserverPort, 'name' | 'digest'>;

/** Twice as long as an observer may hang: who ends it for that says more of it. */
const patience = 2;
/** Between two looks at whether anybody has answered. */
const lookMs = 50;
