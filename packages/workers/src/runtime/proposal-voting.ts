import { types } from 'node:util';
import {
  type Proposal,
  type Run,
  RunProposals,
  Verdict,
  systemClock,
} from '@panoptes/core/observer';
import { packError } from './control-errors.js';
import { readVote } from './vote.js';

/** Asks one incarnation of a critical observer about proposals, and casts its votes. */
export class ProposalVoting {
  readonly #votes: Votes;
  readonly #handlers: VotingHandlers;
  readonly #run = new RunProposals();
  #shownAt = 0;
  #isClosed = false;

  constructor(votes: Votes, handlers: VotingHandlers) {
    this.#votes = votes;
    this.#handlers = handlers;
  }

  /**
   * Votes on the proposals of a run, one after another, after telling which earlier ones were aborted.
   * The observer must have been given all that was committed before them.
   */
  async vote(run: Run): Promise<void> {
    const { aborted, open } = this.#run.load(run);
    if (aborted.length > 0) {
      const told = this.#handlers.aborted(aborted);
      if (types.isPromise(told)) await told;
    }
    this.#shownAt = systemClock.monotonic();
    for (const proposal of open) {
      if (this.#isClosed) break;
      try {
        let vote = this.#handlers.propose(proposal);
        if (types.isPromise(vote)) {
          this.#show();
          vote = await vote;
        }
        this.#cast(proposal.id, vote);
      } catch (error) {
        const { message, name, code } = packError(error);
        this.#votes.cast(proposal.id, Verdict.failed, message, { name, code });
      }
      if (systemClock.monotonic() - this.#shownAt > maxUnshownMs) this.#show();
    }
    this.#show();
  }

  /** No more votes, until `open`. */
  close(): void {
    this.#isClosed = true;
  }

  open(): void {
    this.#isClosed = false;
  }

  #cast(id: number, given: unknown): void {
    const vote = readVote(given);
    if (vote === undefined) {
      const message = 'onProposal must return accept() or veto(reason), or a promise of one';
      this.#votes.cast(id, Verdict.failed, message);
    } else if (vote.accepted) this.#votes.cast(id, Verdict.accept);
    else this.#votes.cast(id, Verdict.veto, vote.reason, vote.details);
  }

  #show(): void {
    this.#votes.publish();
    this.#shownAt = systemClock.monotonic();
  }
}

/** What the voting asks of the observer. */
export interface VotingHandlers {
  /** Asks for a vote: `accept()`, `veto(…)` or, as `settling` makes it, a promise of one, if it does as it should. */
  propose(proposal: Proposal): unknown;
  /** Tells that proposals were not committed. */
  aborted(ids: readonly number[]): unknown;
}

/** On their way to the registry. */
export interface Votes {
  /** Puts in a vote; the registry sees it with the next `publish`. */
  cast(number: number, verdict: Verdict, reason?: string, details?: unknown): void;
  publish(): void;
}

/** A vote that takes long is shown, with those before it, after so many milliseconds. */
const maxUnshownMs = 1;
