import type { Clock } from '../clock.js';
import {
  ObserverError,
  ObserverUnavailableError,
  ObserverVetoError,
  type PanoptesError,
  type RefusedCommand,
  VoteFailedError,
  VoteTimeoutError,
} from '../errors.js';
import { Verdict } from '../log/vote-box.js';
import type { Ballot } from './ballot.js';
import type { Deadline } from './deadline.js';
import type { Departure, VoterSession, ValidVote } from './voter-session.js';
import type { Voter } from './voter.js';

/**
 * The vote on a group: every voter is asked about every proposal, all at the same time. It ends when
 * each has answered all, has gone, or the deadline is past. A proposal that was vetoed is still waited
 * for by the rest, though not by its caller: else a slow voter would fall ever further behind one
 * that vetoes fast.
 */
export class Election {
  readonly #proposals: readonly VotedProposal[];
  readonly #first: number;
  readonly #polls: Poll[];
  readonly #deadline: Deadline;
  readonly #clock: Clock;
  readonly #begin: number;

  /**
   * @param proposals - numbered without holes
   * @param voters - those that are present, each with a session
   */
  constructor(
    proposals: readonly VotedProposal[],
    voters: readonly Voter[],
    deadline: Deadline,
    clock: Clock,
  ) {
    this.#proposals = proposals;
    this.#first = proposals[0]!.ballot.number;
    this.#deadline = deadline;
    this.#clock = clock;
    this.#begin = clock.monotonic();
    this.#polls = voters.map((voter) => {
      const session = voter.session!;
      session.ask(this.#first, proposals.length);
      return { voter, session, owed: proposals.length, failed: false };
    });
  }

  get deadline(): Deadline {
    return this.#deadline;
  }

  /** Takes the votes that have come. True when none is missing any more. */
  collect(): boolean {
    const polls = this.#polls;
    for (let at = polls.length - 1; at >= 0; at--) {
      const poll = polls[at]!;
      const { departure } = poll.session;
      // Votes of one that went away are not counted: it is not known when they were cast.
      if (departure === undefined) this.#take(poll);
      else this.#giveUp(poll, departure);
      if (poll.owed === 0) {
        polls.splice(at, 1);
        this.#conclude(poll);
      }
    }
    return polls.length === 0;
  }

  /** The deadline is past: a voter whose vote is missing has failed. */
  expire(): void {
    if (this.collect()) return;
    const { limitMs } = this.#deadline;
    for (const poll of this.#polls.splice(0)) {
      const { voter, session } = poll;
      voter.figures.timeouts += poll.owed;
      poll.failed = true;
      this.#failOwed(poll, (command) => new VoteTimeoutError(voter.name, limitMs, command));
      session.close();
      this.#conclude(poll);
    }
  }

  #take(poll: Poll): void {
    const taken = poll.session.collect((vote) => this.#cast(poll, vote));
    if (taken === 0) return;
    poll.owed -= taken;
    poll.voter.figures.noteLatency(this.#clock.monotonic() - this.#begin);
  }

  #cast(poll: Poll, { number, verdict, reason, details }: ValidVote): void {
    const { voter } = poll;
    const proposal = this.#proposals[number - this.#first]!;
    const { ballot } = proposal;
    voter.figures.votes++;
    if (verdict === Verdict.accept) return ballot.trace?.voted(voter.name, 'accepted');
    if (verdict === Verdict.veto) {
      voter.figures.vetoes++;
      const veto = new ObserverVetoError(voter.name, reason, details, proposal.describe());
      ballot.trace?.voted(voter.name, 'vetoed', veto);
      return ballot.refuse(veto);
    }
    voter.figures.failures++;
    poll.failed = true;
    const cause = thrown(reason, details);
    this.#fail(poll, proposal, (command) => new VoteFailedError(voter.name, command, { cause }));
  }

  /** A voter went away in the middle of the vote. */
  #giveUp(poll: Poll, departure: Departure): void {
    const { voter } = poll;
    // Whoever has paused had cast its votes before.
    if (departure.kind === 'paused') this.#take(poll);
    // One that was unregistered is not asked any more: its vote is not waited for.
    if (departure.kind !== 'unregistered') {
      voter.figures.failures += poll.owed;
      // Its owner's wish is no failure of its own.
      if (departure.kind !== 'paused') poll.failed = true;
      const what = departure.kind === 'paused' ? 'paused' : 'overtaken';
      this.#failOwed(poll, (command) =>
        departure.kind === 'crashed'
          ? new VoteFailedError(voter.name, command, { cause: departure.cause })
          : new ObserverUnavailableError(`observer '${voter.name}' was ${what} as it voted`),
      );
    }
    poll.session.close();
    poll.owed = 0;
  }

  #failOwed(poll: Poll, error: (command: RefusedCommand) => PanoptesError): void {
    for (const proposal of this.#proposals) {
      if (!poll.session.hasAnswered(proposal.ballot.number)) this.#fail(poll, proposal, error);
    }
  }

  #fail(
    { voter }: Poll,
    { ballot, describe }: VotedProposal,
    error: (command: RefusedCommand) => PanoptesError,
  ): void {
    const isRefused = voter.policy.onVoteFailure === 'abort';
    if (isRefused || ballot.trace !== undefined) {
      const failure = error(describe());
      ballot.trace?.voted(voter.name, 'failed', failure);
      if (isRefused) return ballot.refuse(failure);
    }
    voter.figures.proceededWithout++;
    ballot.isIncomplete = true;
  }

  #conclude({ voter, failed }: Poll): void {
    if (failed) voter.breaker.failed();
    else voter.breaker.succeeded();
  }
}

/** One proposal of a group: its ballot and what its caller had asked for. */
export interface VotedProposal {
  readonly ballot: Ballot;
  readonly describe: () => RefusedCommand;
}

/** The votes of one voter that are missing. */
interface Poll {
  readonly voter: Voter;
  readonly session: VoterSession;
  owed: number;
  failed: boolean;
}

/** What a handler threw, as the voter's thread told it; nothing in it is trusted. */
function thrown(message: string, details: unknown): ObserverError {
  const { name, code } = (typeof details === 'object' && details !== null ? details : {}) as {
    readonly name?: unknown;
    readonly code?: unknown;
  };
  return new ObserverError(
    message,
    typeof name === 'string' ? name : 'Error',
    typeof code === 'string' ? code : undefined,
  );
}
