import {
  type HealthBoard,
  type ProposalPoint,
  Verdict,
  VoteCaster,
  type VotingMemory,
} from '@panoptes/core/observer';
import { RunReader, type SharedRuns, attachLogMemory } from '@panoptes/core/follower';
import { unpackJson } from '../../runtime/json-message.js';
import { DataKind } from '../frames.js';
import type { DataFeed } from './data-feed.js';

/**
 * Has an observer in another process vote: hands it what is proposed, and its votes to the registry.
 * Proposals are looked for first and sent last: all that was committed before them lies between the two.
 */
export class VoteRelay {
  readonly #reader: RunReader;
  readonly #caster: VoteCaster;
  readonly #deps: VoteRelayDeps;
  #isAsked = false;
  /** The numbers that it is asked about just now, and how many votes may still come. */
  #first = 1;
  #last = 0;
  #due = 0;

  constructor({ proposals, box }: VotingMemory, deps: VoteRelayDeps) {
    const memory = attachLogMemory(proposals);
    this.#reader = new RunReader(memory, { position: 0, seq: 0 }, deps.proposals);
    this.#caster = new VoteCaster(box, memory.words);
    this.#deps = deps;
  }

  /** Begins after a point, also after `close`: it is not asked about what was proposed meanwhile. */
  sit(from: ProposalPoint): void {
    this.#isAsked = false;
    this.#reader.goOn();
    this.#reader.seek(from);
  }

  /** Looks for proposals. */
  look(): 'lapped' | undefined {
    const found = this.#isAsked ? 'events' : this.#reader.read();
    this.#isAsked = found === 'events';
    return found === 'lapped' ? found : undefined;
  }

  /** Sends what was found; resolves when the observer is done with it. */
  ask(): Promise<void> | undefined {
    if (!this.#isAsked) return undefined;
    this.#isAsked = false;
    const { feed, health } = this.#deps;
    const { firstSeq: first, lastSeq: last, transactions, bytes } = this.#reader.run;
    return new Promise((done) => {
      const begun = (): void => {
        this.#first = first;
        this.#last = last;
        this.#due = transactions;
        health.noteVoting();
      };
      const settled = (): void => {
        this.#due = 0;
        health.noteVoting();
        done();
      };
      void feed.send({ kind: DataKind.proposals, first, last, begun, done: settled }, bytes);
    });
  }

  /**
   * Waits until there may be proposals, or outcomes of proposals in the change log. Without a look before it
   * sleeps, as a voter on a thread of its own has one: that would hold up the votes of the others.
   */
  park(): Promise<void> {
    return this.#reader.park();
  }

  /**
   * Hands votes to the registry.
   *
   * @throws {Error} when there are more than were asked for, or they are none
   */
  cast(payload: Buffer): void {
    const votes = unpackJson(payload, 'votes');
    // An empty list would be a sign of life without end.
    if (!Array.isArray(votes) || votes.length === 0)
      throw new Error('votes that are no list of any');
    for (const vote of votes as unknown[]) {
      const [number, verdict, reason, details] = Array.isArray(vote) ? (vote as unknown[]) : [];
      if (
        !isIn(number, this.#first, this.#last) ||
        !isIn(verdict, Verdict.accept, Verdict.failed)
      ) {
        throw new Error('a vote on what it was not asked about, or without a verdict');
      }
      if (this.#due-- <= 0) throw new Error('more votes than it was asked for');
      this.#caster.cast(
        number,
        verdict as Verdict,
        typeof reason === 'string' ? reason : '',
        details ?? undefined,
      );
    }
    this.#caster.publish();
  }

  /** Nothing more is read, and a pending `park` returns. */
  close(): void {
    this.#reader.stop();
  }
}

/** What a relay of votes depends on. */
export interface VoteRelayDeps {
  readonly feed: DataFeed;
  /** Of the log of proposals. */
  readonly proposals: SharedRuns;
  readonly health: HealthBoard;
}

const isIn = (value: unknown, least: number, most: number): value is number =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
