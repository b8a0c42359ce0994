import type { PeerChange } from './events.js';
import type { Proposal } from './proposal.js';
import { ChangeLists } from './change-lists.js';
import { ChangeView, type Run, toObject } from './event-view.js';
import { FLAG_MORE, RecordOffset } from './log-layout.js';
import { abortedIn, isOutcome } from './outcome-record.js';

/** A proposed transaction, read from its records. */
class ProposalView extends ChangeLists implements Proposal {
  id = 0;
  #views: readonly ChangeView[] = [];
  #first = 0;
  #end = 0;
  #changes: readonly PeerChange[] | undefined;

  /** Moves the view to the changes `first` up to `end` of a run. */
  place(id: number, views: readonly ChangeView[], first: number, end: number): this {
    this.id = id;
    this.#views = views;
    this.#first = first;
    this.#end = end;
    this.#changes = undefined;
    return this;
  }

  get changes(): readonly PeerChange[] {
    this.#changes ??= this.#views.slice(this.#first, this.#end) as unknown as PeerChange[];
    return this.#changes;
  }

  get at(): number {
    return this.#views[this.#first]!.at;
  }

  /** A plain copy, to be kept. */
  toObject(): Proposal {
    const changes = this.changes.map(toObject);
    const sorted = new ProposalView();
    sorted.#changes = changes;
    const { added, updated, removed } = sorted;
    return { id: this.id, at: this.at, changes, added, updated, removed };
  }

  toJSON(): Proposal {
    return this.toObject();
  }
}

/** What a run of the proposal log asks of a voter. One object serves run after run. */
export class RunProposals {
  /** Numbers of earlier proposals that were not committed, in order. */
  readonly aborted: number[] = [];
  readonly #changes: ChangeView[] = [];
  readonly #pool: ProposalView[] = [];
  #size = 0;

  /** Proposals that are still to be voted on. */
  get open(): readonly Proposal[] {
    return this.#pool.slice(0, this.#size);
  }

  /** Moves the views to the records of a run. What stands before an outcome is decided already. */
  load(run: Run): this {
    const { u8, u32, f64 } = run;
    this.aborted.length = 0;
    this.#size = 0;
    let first = 0;
    let end = 0;
    for (let at = 0; at < run.length; at += u32[at >>> 2]! * 8) {
      if (u8[at + RecordOffset.kind] === 0) continue;
      if (isOutcome(run, at)) {
        this.aborted.push(...abortedIn(run, at));
        this.#size = 0;
        continue;
      }
      const id = f64[(at + RecordOffset.seq) >>> 3]!;
      (this.#changes[end] ??= new ChangeView()).place(run, at);
      end++;
      if ((u8[at + RecordOffset.flags]! & FLAG_MORE) !== 0) continue;
      const view = (this.#pool[this.#size++] ??= new ProposalView());
      view.place(id, this.#changes, first, end);
      first = end;
    }
    return this;
  }
}
