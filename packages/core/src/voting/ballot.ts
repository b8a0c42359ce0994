import type { PanoptesError } from '../errors.js';
import type { CommandTrace } from '../tracing/command-trace.js';

/** The vote on one proposal. The first refusal settles it, and its caller is told at once. */
export class Ballot {
  /** Its number among the proposals. */
  number = 0;
  /** Whether a vote is missing that it should have had. */
  isIncomplete = false;
  /** Of the command that is voted on, if it is traced. */
  readonly trace: CommandTrace | undefined;
  #refusal: PanoptesError | undefined;
  readonly #refused: (error: PanoptesError) => void;

  /** @param refused - told the first refusal */
  constructor(refused: (error: PanoptesError) => void, trace?: CommandTrace) {
    this.#refused = refused;
    this.trace = trace;
  }

  get isRefused(): boolean {
    return this.#refusal !== undefined;
  }

  /** A veto, or a failed vote of an observer with `onVoteFailure: 'abort'`. */
  refuse(error: PanoptesError): void {
    if (this.#refusal !== undefined) return;
    this.#refusal = error;
    this.#refused(error);
  }
}
