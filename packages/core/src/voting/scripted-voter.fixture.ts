import { LogReader } from '../log/log-reader.js';
import { attachLogMemory } from '../log/log-memory.js';
import { RunProposals } from '../log/proposal-view.js';
import { Verdict, VoteCaster } from '../log/vote-box.js';
import type { Proposal } from '../log/proposal.js';
import type { Electorate } from './electorate.js';
import type { VotingMemory } from './voter-session.js';
import type { Voter, VoterPolicy } from './voter.js';

/** What a scripted voter does about a proposal; `silent` leaves it to the test. */
export type Conduct = 'accept' | 'veto' | 'fail' | 'silent' | 'crash';

/** A critical observer without a thread: follows the proposal log and votes by its script. */
export class ScriptedVoter {
  readonly voter: Voter;
  /** Every proposal that it was shown, and every number that it was told to have been aborted. */
  readonly asked: Proposal[] = [];
  readonly aborted: number[] = [];
  script: (proposal: Proposal) => Conduct;
  /** Does something after each vote. */
  afterVote: ((proposal: Proposal) => void) | undefined;
  /** Casts votes by hand. */
  caster!: VoteCaster;
  readonly #electorate: Electorate;
  #reader: LogReader | undefined;
  #memory: VotingMemory | undefined;

  constructor(
    electorate: Electorate,
    policy: Partial<VoterPolicy> = {},
    script: (proposal: Proposal) => Conduct = () => 'accept',
  ) {
    this.#electorate = electorate;
    this.script = script;
    const defaults = { name: 'scripted', onVoteFailure: 'abort', onUnavailable: 'fail' } as const;
    this.voter = electorate.newVoter({ ...defaults, ...policy });
  }

  /** Begins a new incarnation that is asked from now on. */
  comes(): this {
    this.#memory = this.#electorate.session(this.voter);
    return this.returns();
  }

  /** Goes on in the same incarnation, after a resync. */
  returns(): this {
    const from = this.#electorate.join(this.voter);
    const memory = attachLogMemory(this.#memory!.proposals);
    this.caster = new VoteCaster(this.#memory!.box, memory.words);
    this.#reader?.stop();
    this.#reader = new LogReader(memory, { from });
    void this.#follow(this.#reader, new RunProposals());
    return this;
  }

  crashes(cause = new Error('crashed')): void {
    this.#reader?.stop();
    this.#electorate.leave(this.voter, 'backoff', { kind: 'crashed', cause });
  }

  resyncs(): void {
    this.#reader?.stop();
    this.#electorate.leave(this.voter, 'syncing', { kind: 'resyncing' });
  }

  unregisters(): void {
    this.#reader?.stop();
    this.#electorate.remove(this.voter);
  }

  async #follow(reader: LogReader, run: RunProposals): Promise<void> {
    while (!reader.ended) {
      if (reader.read() !== 'events') {
        await reader.park();
        continue;
      }
      const { open, aborted } = run.load(reader.run);
      this.aborted.push(...aborted);
      for (const proposal of open) {
        if (reader.ended) return;
        this.asked.push((proposal as Proposal & { toObject(): Proposal }).toObject());
        this.#vote(proposal);
        this.afterVote?.(proposal);
      }
      this.caster.publish();
    }
  }

  #vote(proposal: Proposal): void {
    switch (this.script(proposal)) {
      case 'accept':
        return this.caster.cast(proposal.id, Verdict.accept);
      case 'veto':
        return this.caster.cast(proposal.id, Verdict.veto, 'no', { id: proposal.id });
      case 'fail':
        return this.caster.cast(proposal.id, Verdict.failed, 'threw', { name: 'TypeError' });
      case 'crash':
        this.caster.publish();
        return this.crashes();
      case 'silent':
    }
  }
}
