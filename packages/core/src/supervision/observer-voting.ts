import { errorOf } from '../error-of.js';
import { ConfigError, ObserverCrashedError } from '../errors.js';
import type { Electorate } from '../voting/electorate.js';
import type { ProposalPoint, VotingMemory } from '../voting/voter-session.js';
import type { VoteStats } from '../voting/vote-figures.js';
import type { Voter } from '../voting/voter.js';
import type { ObserverDescription } from './host.js';
import type { ObserverSpec } from './observer-terms.js';
import type { ObserverState } from './observer-state.js';

/** A critical observer's part in votes, kept in step with its states. */
export class ObserverVoting {
  readonly #electorate: Electorate;
  readonly #voter: Voter;

  private constructor(spec: ObserverSpec, electorate: Electorate) {
    this.#electorate = electorate;
    this.#voter = electorate.newVoter(spec);
  }

  /** The right of an observer, if it is a critical one. */
  static of(spec: ObserverSpec, electorate: Electorate): ObserverVoting | undefined {
    return spec.role === 'critical' ? new ObserverVoting(spec, electorate) : undefined;
  }

  /** What a new incarnation votes with. */
  newSession(): VotingMemory {
    return this.#electorate.session(this.#voter);
  }

  /**
   * Looks at what the observer says of itself.
   *
   * @throws {ConfigError} when it cannot vote
   */
  check({ hasProposal }: ObserverDescription): void {
    if (hasProposal) return;
    throw new ConfigError(
      `critical observer '${this.#voter.name}' cannot vote: it has no onProposal`,
    );
  }

  /** It follows the log: it is asked about every proposal after the point returned. */
  join(): ProposalPoint {
    return this.#electorate.join(this.#voter);
  }

  /** Its state changed; while it is not live it does not vote. */
  changed(state: ObserverState, error: unknown): void {
    switch (state) {
      case 'live':
      case 'lagging':
        break;
      case 'stopping':
      case 'stopped':
      case 'evicted':
        this.#electorate.remove(this.#voter);
        break;
      case 'syncing':
        this.#electorate.leave(this.#voter, state, { kind: 'resyncing' });
        break;
      case 'paused':
        this.#electorate.leave(this.#voter, state, { kind: 'paused' });
        break;
      case 'restarting': {
        const message = `observer '${this.#voter.name}' is started again, as it was asked`;
        const cause = new ObserverCrashedError(message);
        this.#electorate.leave(this.#voter, state, { kind: 'crashed', cause });
        break;
      }
      default:
        this.#electorate.leave(this.#voter, state, { kind: 'crashed', cause: errorOf(error) });
    }
  }

  stats(): VoteStats {
    return this.#voter.stats();
  }
}
