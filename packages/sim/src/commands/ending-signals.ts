import type { Clock } from '@panoptes/core';

/** Signals that ask a command to end, and the exit codes that shells give those: 128 and its number. */
export const endingSignals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
export type EndingSignal = keyof typeof endingSignals;

/**
 * One press of Ctrl-C may arrive several times: the terminal tells every process of the group, and
 * npm passes it on. Within this time it counts as one.
 */
const sameMs = 500;

/**
 * Listens for signals while a command runs: the first one asks it to stop and report, the next one
 * ends the process at once.
 */
export class EndingSignals {
  readonly #stops: ((signal: EndingSignal) => void)[] = [];
  #first: { readonly signal: EndingSignal; readonly at: number } | undefined;

  /**
   * @param clock - real time
   * @param end - ends the process at once
   */
  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly end: (signal: EndingSignal) => void,
  ) {}

  /** What the command was asked to end by. */
  get received(): EndingSignal | undefined {
    return this.#first?.signal;
  }

  /**
   * Calls `stop` at the first signal, unless a later caller has taken that on.
   *
   * @param stop - unless given, the first signal ends the process at once as well
   * @returns ends that
   */
  on(stop = this.end): () => void {
    if (this.#stops.length === 0) {
      for (const signal of signals) process.on(signal, this.#take);
    }
    this.#stops.push(stop);
    return () => {
      const at = this.#stops.indexOf(stop);
      if (at >= 0) this.#stops.splice(at, 1);
      if (this.#stops.length > 0) return;
      for (const signal of signals) process.removeListener(signal, this.#take);
    };
  }

  readonly #take = (signal: NodeJS.Signals): void => {
    const now = this.clock.monotonic();
    if (this.#first === undefined) {
      this.#first = { signal: signal as EndingSignal, at: now };
      this.#stops.at(-1)?.(this.#first.signal);
    } else if (now - this.#first.at > sameMs) {
      this.end(signal as EndingSignal);
    }
  };
}

const signals = Object.keys(endingSignals) as EndingSignal[];
