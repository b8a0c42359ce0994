import type { LogBuffer, LogPoint } from '../log/log-memory.js';
import { type FoundVote, Verdict, VoteBox, type VoteBoxBuffer, boxSlots } from '../log/vote-box.js';
import type { VoteFigures } from './vote-figures.js';

/**
 * Where one incarnation of a critical observer votes from. It knows what it was asked, so it can tell
 * a vote from one that is late, unknown, or the second; those are counted and dropped.
 */
export class VoterSession {
  /** Set once it is left. */
  departure: Departure | undefined;
  readonly #box = new VoteBox();
  readonly #figures: VoteFigures;
  /** The number asked about, by slot, and whether it was answered. */
  readonly #asked = new Float64Array(boxSlots);
  readonly #answered = new Uint8Array(boxSlots);
  /** What is open: numbers from `#first` to `#last`. */
  #first = 1;
  #last = 0;
  /** How many of those are not answered. */
  #owed = 0;

  constructor(figures: VoteFigures) {
    this.#figures = figures;
  }

  /** The memory that votes come in. */
  get box(): VoteBoxBuffer {
    return this.#box.buffer;
  }

  /** Asks about `count` proposals from number `first`; what was open before is too late now. */
  ask(first: number, count: number): void {
    this.#first = first;
    this.#last = first + count - 1;
    this.#owed = count;
    for (let number = first; number <= this.#last; number++) {
      this.#asked[number & (boxSlots - 1)] = number;
      this.#answered[number & (boxSlots - 1)] = 0;
    }
  }

  /** Whether it has answered an open question. */
  hasAnswered(number: number): boolean {
    return this.#answered[number & (boxSlots - 1)] === 1;
  }

  /** Takes the votes that came, and hands on those that are valid. Returns how many those were. */
  collect(cast: (vote: ValidVote) => void): number {
    if (this.#box.waiting === 0) return 0;
    let valid = 0;
    const lost = this.#box.take((found) => {
      const vote = this.#check(found);
      if (vote === undefined) return;
      valid++;
      cast(vote);
    });
    this.#figures.unknown += lost;
    return valid;
  }

  /** Ends the questions: what comes from now on is late. */
  close(): void {
    this.#first = this.#last + 1;
    this.#owed = 0;
  }

  /** Counts what came although nothing is open: it may wait long for the next question. */
  countStray(): void {
    if (this.#owed === 0) this.collect(() => undefined);
  }

  /** Counts what came after it was left, and drops it. */
  countPosthumous(): void {
    const lost = this.#box.take(() => this.#figures.posthumous++);
    this.#figures.posthumous += lost;
  }

  #check({ number: low, verdict, reason, details }: FoundVote): ValidVote | undefined {
    // Only the low 32 bits travel; the rest is that of the last number asked about.
    const number = this.#last - (((this.#last | 0) - low) >>> 0);
    const slot = number & (boxSlots - 1);
    if (number < 1 || this.#asked[slot] !== number || !verdicts.includes(verdict)) {
      this.#figures.unknown++;
    } else if (this.#answered[slot] === 1) {
      this.#figures.double++;
    } else {
      this.#answered[slot] = 1;
      if (number >= this.#first) {
        this.#owed--;
        return { number, verdict: verdict as Verdict, reason, details };
      }
      this.#figures.late++;
    }
    return undefined;
  }
}

/** What an incarnation of a critical observer needs in order to vote. */
export interface VotingMemory {
  /** The log of proposals. */
  readonly proposals: LogBuffer;
  /** Where its votes go. */
  readonly box: VoteBoxBuffer;
}

/** Where a voter begins: it is asked about every proposal after this point. */
export type ProposalPoint = LogPoint;

/** Why no votes come from a session any more. */
export type Departure =
  | { readonly kind: 'crashed'; readonly cause: Error }
  | { readonly kind: 'resyncing' | 'paused' | 'unregistered' };

/** A vote that answers a question still open. */
export interface ValidVote {
  readonly number: number;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly details: unknown;
}

const verdicts: readonly number[] = Object.values(Verdict);
