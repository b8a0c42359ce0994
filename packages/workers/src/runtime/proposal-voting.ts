import { types } from 'node:util';
import {
  LogReader,
  AdaptiveSpin,
  type ProposalPoint,
  type Proposal,
  RunProposals,
  Verdict,
  VoteCaster,
  type VotingMemory,
  attachLogMemory,
  systemClock,
} from '@panoptes/core/observer';
import { packError } from './control-errors.js';
import { readVote } from './vote.js';

/** Where one incarnation of a critical observer is asked, on its thread, and votes. */
export class ProposalVoting {
  readonly #reader: LogReader;
  readonly #caster: VoteCaster;
  readonly #handlers: VotingHandlers;
  readonly #run = new RunProposals();
  readonly #spin = new AdaptiveSpin();
  #shownAt = 0;
  #isClosed = false;

  /** @param from - it is asked about every proposal after this point */
  constructor({ proposals, box }: VotingMemory, from: ProposalPoint, handlers: VotingHandlers) {
    const memory = attachLogMemory(proposals);
    this.#reader = new LogReader(memory, { from });
    this.#caster = new VoteCaster(box, memory.words);
    this.#handlers = handlers;
  }

  /** Goes on from another point, also after `close`: it is not asked about what was proposed meanwhile. */
  seek(from: ProposalPoint): void {
    this.#isClosed = false;
    this.#reader.goOn();
    this.#reader.seek(from);
  }

  /** Looks for proposals; `vote` answers them. As in `LogReader.read`. */
  read(): 'events' | 'empty' | 'lapped' {
    return this.#reader.read();
  }

  /** Waits until there may be proposals, or outcomes of proposals in the change log. */
  async park(): Promise<void> {
    if (this.#spin.look(() => this.#reader.hasMore)) return;
    this.#spin.sleeps();
    await this.#reader.park();
    this.#spin.wakes();
  }

  /**
   * Votes on what was read, one proposal after another, after telling which earlier ones were aborted.
   * The change log must have been read to its end since `read`: then the observer knows all that
   * was committed before.
   */
  async vote(): Promise<void> {
    const { aborted, open } = this.#run.load(this.#reader.run);
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
        this.#caster.cast(proposal.id, Verdict.failed, message, { name, code });
      }
      if (systemClock.monotonic() - this.#shownAt > maxUnshownMs) this.#show();
    }
    this.#show();
  }

  /** No more votes, and a pending `park` returns. */
  close(): void {
    this.#isClosed = true;
    this.#reader.stop();
  }

  #cast(id: number, given: unknown): void {
    const vote = readVote(given);
    if (vote === undefined) {
      const message = 'onProposal must return accept() or veto(reason), or a promise of one';
      this.#caster.cast(id, Verdict.failed, message);
    } else if (vote.accepted) this.#caster.cast(id, Verdict.accept);
    else this.#caster.cast(id, Verdict.veto, vote.reason, vote.details);
  }

  #show(): void {
    this.#caster.publish();
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

/** A vote that takes long is shown, with those before it, after so many milliseconds. */
const maxUnshownMs = 1;
