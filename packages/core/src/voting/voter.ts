import type { Clock } from '../clock.js';
import type { BreakerConfig } from '../config.js';
import { Breaker } from './breaker.js';
import { type Departure, VoterSession } from './voter-session.js';
import { VoteFigures, type VoteStats } from './vote-figures.js';

/** One critical observer through all its incarnations, as the vote sees it. */
export class Voter {
  readonly policy: VoterPolicy;
  readonly figures = new VoteFigures();
  readonly breaker: Breaker;
  readonly #clock: Clock;
  #session: VoterSession | undefined;
  /** The one before, whose thread may still be writing. */
  #former: VoterSession | undefined;
  #isPresent = false;
  /** What it is doing instead of voting, for messages. */
  #absence = 'starting';
  #absentSince: number;

  constructor(policy: VoterPolicy, breaker: BreakerConfig, clock: Clock) {
    this.policy = policy;
    this.breaker = new Breaker(breaker, clock);
    this.#clock = clock;
    this.#absentSince = clock.monotonic();
  }

  get name(): string {
    return this.policy.name;
  }

  /** Where it votes from, if it is present and may be asked. */
  get session(): VoterSession | undefined {
    return this.#isPresent && this.breaker.state !== 'open' ? this.#session : undefined;
  }

  /** Whether it is present, asked or not. */
  get isPresent(): boolean {
    return this.#isPresent;
  }

  /** Why it is not asked. */
  get absence(): string {
    return this.#isPresent ? 'not asked after too many failed votes' : this.#absence;
  }

  /** Makes the session of a new incarnation. Votes from the one before count no more. */
  newSession(): VoterSession {
    this.#former?.countPosthumous();
    this.#former = this.#session;
    this.#session = new VoterSession(this.figures);
    return this.#session;
  }

  /** The incarnation follows the log and votes from now on. */
  comes(): void {
    if (this.#session === undefined) throw new Error(`voter '${this.name}' has no session`);
    // A failure of the incarnation before says nothing about this one; a resync or a pause makes no new one.
    const { departure } = this.#session;
    if (departure?.kind !== 'resyncing' && departure?.kind !== 'paused') this.breaker.reset();
    this.#session.departure = undefined;
    this.#isPresent = true;
  }

  /**
   * It votes no more, for now or for ever.
   *
   * @param absence - what it is doing instead, as in `backoff`
   */
  goes(absence: string, departure: Departure): void {
    this.#absence = absence;
    if (!this.#isPresent) return;
    this.#isPresent = false;
    this.#absentSince = this.#clock.monotonic();
    if (this.#session !== undefined) this.#session.departure = departure;
  }

  /** Milliseconds for which commands are still held for it; 0 when they are not. */
  holdMs(unavailableWaitMs: number): number {
    if (this.#isPresent || this.policy.onUnavailable === 'fail') return 0;
    // It does not come back by itself.
    if (this.#absence === 'quarantined') return 0;
    return Math.max(0, this.#absentSince + unavailableWaitMs - this.#clock.monotonic());
  }

  stats(): VoteStats {
    this.#former?.countPosthumous();
    if (this.#isPresent) this.#session?.countStray();
    else if (this.#session?.departure?.kind === 'crashed') this.#session.countPosthumous();
    return this.figures.stats(this.breaker.state);
  }
}

/** What happens to a transaction when a critical observer fails to vote on it: refused, or it goes on. */
export type OnVoteFailure = 'abort' | 'proceed';

/** What happens while a critical observer is absent: its failure policy at once, or commands wait. */
export type OnUnavailable = 'fail' | 'wait';

/** How a critical observer was registered. */
export interface VoterPolicy {
  readonly name: string;
  readonly onVoteFailure: OnVoteFailure;
  readonly onUnavailable: OnUnavailable;
}
