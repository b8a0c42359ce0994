import { type RunEvents, systemClock } from '@panoptes/core/observer';

/**
 * The registry's time, as an incarnation of an observer is told it. A registry that goes by the
 * machine's clock has the machine's time. One with a clock of its own, as in a simulation, has the time
 * of the newest transaction that the observer was handed: what it makes of that follows from the log
 * alone, whatever the threads' pace.
 */
export class RegistryTime {
  readonly #hasOwnTime: boolean;
  readonly #events: RunEvents;
  /** Of the last transaction before those that a handler is going through. */
  #past: number;
  /** Of the proposal that is being voted on. */
  #proposed: number | undefined;

  /** @param events - what its handlers go through */
  constructor({ hasOwnTime, began }: TimeTerms, events: RunEvents) {
    this.#hasOwnTime = hasOwnTime;
    this.#events = events;
    this.#past = began;
  }

  /** Unix milliseconds. */
  now(): number {
    if (!this.#hasOwnTime) return systemClock.now();
    return this.#proposed ?? this.#events.currentTime ?? this.#past;
  }

  /** Says that all up to a transaction of this time was handed over. */
  pass(time: number): void {
    this.#events.leave();
    this.#past = time;
  }

  /** Says that it votes on a proposal of this time, or has voted. */
  propose(time: number | undefined): void {
    this.#proposed = time;
  }
}

/** What a log says of the clock by which its records have their times. */
export interface TimeTerms {
  /** When the log begins, by the registry's clock. Unix milliseconds. */
  readonly began: number;
  /** Whether that clock is another than the machine's. */
  readonly hasOwnTime: boolean;
}
