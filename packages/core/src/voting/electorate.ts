import type { Clock } from '../clock.js';
import type { RegistryConfig } from '../config.js';
import { ObserverUnavailableError } from '../errors.js';
import { boxSlots } from '../log/vote-box.js';
import type { PeerTable } from '../peers/peer-table.js';
import { Deadline } from './deadline.js';
import { type VotedProposal, Election } from './election.js';
import { ProposalLog } from './proposal-log.js';
import type { Departure, ProposalPoint, VotingMemory } from './voter-session.js';
import { Voter, type VoterPolicy } from './voter.js';

/** Most proposals of a group: half of what a box holds, so that no vote in time is ever lost. */
const maxGroup = boxSlots / 2;

/** What an electorate lives in. */
export interface ElectorateParts {
  readonly table: PeerTable;
  readonly logBytes: number;
  readonly config: RegistryConfig['observers'];
  readonly clock: Clock;
}

/** All critical observers, and the log in which they are asked. */
export class Electorate {
  readonly #parts: ElectorateParts;
  readonly #voters = new Set<Voter>();
  /** Made for the first voter: a registry without one needs none. */
  #proposals: ProposalLog | undefined;

  constructor(parts: ElectorateParts) {
    this.#parts = parts;
  }

  /** Whether nobody is to be asked. */
  get isEmpty(): boolean {
    return this.#voters.size === 0;
  }

  get proposals(): ProposalLog {
    this.#proposals ??= new ProposalLog(this.#parts.table, this.#parts.logBytes);
    return this.#proposals;
  }

  /** Most proposals that the next group may have: one while a voter is probed. */
  get groupSize(): number {
    for (const voter of this.#voters) if (voter.breaker.state === 'half-open') return 1;
    return maxGroup;
  }

  /** Makes a voter; it has no say before it is there for the first time. */
  newVoter(policy: VoterPolicy): Voter {
    return new Voter(policy, this.#parts.config.breaker, this.#parts.clock);
  }

  /** What a new incarnation of a voter needs in order to vote. */
  session(voter: Voter): VotingMemory {
    return { proposals: this.proposals.buffer, box: voter.newSession().box };
  }

  /** A voter follows the log: it is asked about everything proposed from now on. */
  join(voter: Voter): ProposalPoint {
    voter.comes();
    this.#voters.add(voter);
    this.#changed();
    return this.proposals.point();
  }

  /** A voter does not vote for now; it keeps its say, by its policies. */
  leave(voter: Voter, absence: string, departure: Departure): void {
    voter.goes(absence, departure);
    this.#changed();
  }

  /** A voter has no say any more. */
  remove(voter: Voter): void {
    voter.goes('unregistered', { kind: 'unregistered' });
    this.#voters.delete(voter);
    this.#changed();
  }

  /** Milliseconds for which commands are held for voters that may come back; 0 when they are not. */
  holdMs(): number {
    const { unavailableWaitMs } = this.#parts.config;
    return Math.max(0, ...Array.from(this.#voters, (voter) => voter.holdMs(unavailableWaitMs)));
  }

  /**
   * Why no transaction can be committed now: a voter that must be asked is not there.
   *
   * @param transactions - how many are refused for it
   */
  refusal(transactions: number): ObserverUnavailableError | undefined {
    for (const voter of this.#voters) {
      if (voter.session !== undefined || voter.policy.onVoteFailure === 'proceed') continue;
      voter.figures.refusedWithout += transactions;
      return new ObserverUnavailableError(
        `critical observer '${voter.name}' is ${voter.absence}; transactions are refused until it ` +
          `is back (onVoteFailure: 'abort')`,
      );
    }
    return undefined;
  }

  /**
   * Puts proposals that were just written to those who are there.
   *
   * @returns the vote, or undefined when nobody is there and all agreed to go on without
   */
  elect(proposals: readonly VotedProposal[]): Election | undefined {
    const { clock, config } = this.#parts;
    const present: Voter[] = [];
    for (const voter of this.#voters) {
      if (voter.session !== undefined) present.push(voter);
      else {
        voter.figures.proceededWithout += proposals.length;
        for (const { ballot } of proposals) ballot.isIncomplete = true;
      }
    }
    if (present.length === 0) return undefined;
    return new Election(proposals, present, new Deadline(clock, config.voteTimeoutMs), clock);
  }

  /** Resolves when votes may have come, or somebody came or went. Arm first, then look. */
  moved(): Promise<void> {
    return this.proposals.log.progress.moved();
  }

  /** Wakes voters that sleep, if there may be any. */
  nudge(): void {
    this.#proposals?.nudge();
  }

  /** Tells voters that nothing more will come. */
  close(): void {
    this.#proposals?.log.close();
  }

  #changed(): void {
    this.#proposals?.log.progress.wake();
  }
}
