import { systemClock } from '../clock.js';
import { inMicrotask, inNextTurn } from '../turns.js';
import type { Arrival } from './commit-durations.js';

/** When the commands that have gathered have their turn, and what time it is for those that come together. */
export class TurnSchedule {
  readonly #takeTurn: () => void;
  #isAsked = false;
  /** The last look at the machine's monotonic time, and for how many commands it has served since. */
  #arrival: Arrival = { at: 0, untoldSeq: 0 };
  #arrivals = 0;
  /** The machine's time, and how often it was told since it was looked at. */
  #time = 0;
  #timeTold = 0;
  #burstStart = Number.NEGATIVE_INFINITY;
  readonly #turn = (): void => {
    this.#isAsked = false;
    this.#takeTurn();
  };
  readonly #turnAfterYield = (): void => {
    this.#burstStart = systemClock.monotonic();
    this.#turn();
  };

  /** @param takeTurn - lets commands have their turn */
  constructor(takeTurn: () => void) {
    this.#takeTurn = takeTurn;
  }

  /**
   * The machine's time. A look at it costs a tenth of an upsert: commands that come one after another,
   * without a turn between them, share one, eight at most.
   */
  now(): number {
    if (!this.#isAsked || ++this.#timeTold >= commandsPerTime) {
      this.#timeTold = 0;
      this.#time = systemClock.now();
    }
    return this.#time;
  }

  /**
   * Lets the group that has gathered so far have its turn: soon, in a microtask, so that a caller
   * that awaits each command waits no longer than needed; but after a burst of such turns in the next
   * turn of the event loop, so that timers, messages and exits are served under any load.
   *
   * @returns when the command came for which it is asked, or one of the same turn shortly before
   */
  ask(): Arrival {
    if (this.#isAsked && ++this.#arrivals < commandsPerArrival) return this.#arrival;
    this.#arrivals = 0;
    this.#arrival = { at: systemClock.monotonic(), untoldSeq: 0 };
    if (this.#isAsked) return this.#arrival;
    if (this.#arrival.at - this.#burstStart < maxBurstMs) inMicrotask(this.#turn);
    else inNextTurn(this.#turnAfterYield);
    this.#isAsked = true;
    return this.#arrival;
  }
}

/** Commands of one turn that are told the same look at the machine's time, at most. */
const commandsPerTime = 8;
/** Commands of one turn that share one look at the monotonic time, at most. */
const commandsPerArrival = 64;
/** Longest time that turns follow one another without the event loop having its own, in milliseconds. */
const maxBurstMs = 2;
