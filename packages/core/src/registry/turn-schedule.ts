import { systemClock } from '../clock.js';
import { inMicrotask, inNextTurn } from '../turns.js';

/** When the commands that have gathered have their turn, and what time it is for those that come together. */
export class TurnSchedule {
  readonly #takeTurn: () => void;
  #isAsked = false;
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
   */
  ask(): void {
    if (this.#isAsked) return;
    if (systemClock.monotonic() - this.#burstStart < maxBurstMs) inMicrotask(this.#turn);
    else inNextTurn(this.#turnAfterYield);
    this.#isAsked = true;
  }
}

/** Commands of one turn that are told the same look at the machine's time, at most. */
const commandsPerTime = 8;
/** Longest time that turns follow one another without the event loop having its own, in milliseconds. */
const maxBurstMs = 2;
