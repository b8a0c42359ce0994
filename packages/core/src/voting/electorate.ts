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

/** All critical observers, and the log in which they are asked. */
export class Electorate {
  readonly #deps: ElectorateDeps;
  readonly #voters = new Set<Voter>();
  /** Made for the first voter: a registry without one needs none. */
  #proposals: ProposalLog | undefined;

  constructor(deps: ElectorateDeps) {
    this.#deps = deps;
  }

  /** Whether there is no voter. */
  get isEmpty(): boolean {
    return this.#voters.size === 0;
  }

  get proposals(): ProposalLog {
    this.#proposals ??= new ProposalLog(this.#deps.table, this.#deps.logBytes);
    return this.#proposals;
  }

  /** Most proposals that the next group may have: one while a voter is probed. */
  get groupSize(): number {
    for (const voter of this.#voters) if (voter.breaker.state === 'half-open') return 1;
    return maxGroup;
  }

  /** Makes a voter; it is not asked before it follows the log for the first time. */
  newVoter(policy: VoterPolicy): Voter {
    return new Voter(policy, this.#deps.config.breaker, this.#deps.clock);
  }

  /** What a new incarnation of a voter needs in order to vote. */
  session(voter: Voter): VotingMemory {
    return { proposals: this.proposals.handOut(), box: voter.newSession().box };
  }

  /** A voter follows the log: it is asked about everything proposed from now on. */
  join(voter: Voter): ProposalPoint {
    voter.comes();
    this.#voters.add(voter);
    this.#changed();
    return this.proposals.point();
  }

  /** A voter does not vote for now; its policies say what happens without it. */
  leave(voter: Voter, absence: string, departure: Departure): void {
    voter.goes(absence, departure);
    this.#changed();
  }

  /** A voter is not asked any more. */
  remove(voter: Voter): void {
    voter.goes('unregistered', { kind: 'unregistered' });
    this.#voters.delete(voter);
    this.#changed();
  }

  /** Milliseconds for which commands are held for voters that may come back; 0 when they are not. */
  holdMs(): number {
    const { unavailableWaitMs } = this.#deps.config;
    return Math.max(0, ...Array.from(this.#voters, (voter) => voter.holdMs(unavailableWaitMs)));
  }

  /**
   * Why no transaction can be committed now: a voter that must be asked is absent.
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
   * Has the voters that are present vote on proposals that were just written.
   *
   * @returns the vote, or undefined when no voter is present and all proceed without
   */
  elect(proposals: readonly VotedProposal[]): Election | undefined {
    const { clock, config } = this.#deps;
    const present: Voter[] = [];
    for (const voter of this.#voters) {
      if (voter.session !== undefined) present.push(voter);
      else {
        voter.figures.proceededWithout += proposals.length;
        for (const { ballot } of proposals) {
          ballot.isIncomplete = true;
          ballot.trace?.voted(voter.name, 'absent');
        }
      }
    }
    if (present.length === 0) return undefined;
    return new Election(proposals, present, new Deadline(clock, config.voteTimeoutMs), clock);
  }

  /** Resolves when votes may have come, or a voter came or went. Arm first, then look. */
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

/** What an electorate depends on. */
export interface ElectorateDeps {
  readonly table: PeerTable;
  readonly logBytes: number;
  readonly config: Pick<
    RegistryConfig['observers'],
    'breaker' | 'unavailableWaitMs' | 'voteTimeoutMs'
  >;
  readonly clock: Clock;
}

/** Most proposals of a group: half of what a box holds, so that no vote in time is ever lost. */
const maxGroup = boxSlots / 2;
