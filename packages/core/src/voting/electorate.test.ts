import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../config.js';
import type { PanoptesError } from '../errors.js';
import { Verdict } from '../log/vote-box.js';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { anyTimes } from '../peers/time-bound.fixture.js';
import { PeerTable } from '../peers/peer-table.js';
import { ManualClock, settleTurns } from '../registry/manual-clock.fixture.js';
import { Staging } from '../peers/staging.js';
import { addChange, transactionOf } from '../log/transaction.js';
import { Ballot } from './ballot.js';
import type { Election } from './election.js';
import { Electorate } from './electorate.js';
import { ScriptedVoter } from './scripted-voter.fixture.js';

const { observers: config } = resolveConfig({
  observers: { voteTimeoutMs: 100, unavailableWaitMs: 500, breaker: { maxFailures: 2 } },
});

/** An electorate, and groups of new peers to be put to the vote. */
class Polls {
  readonly clock = new ManualClock();
  readonly electorate: Electorate;
  /** What became of each ballot, by number. */
  readonly refusals: (PanoptesError | undefined)[] = [];
  readonly ballots: Ballot[] = [];
  readonly #staging = new Staging(anyTimes);

  constructor() {
    const table = new PeerTable();
    this.electorate = new Electorate({ table, logBytes: 65_536, config, clock: this.clock });
  }

  voter(name: string, onVoteFailure: 'abort' | 'proceed' = 'abort'): ScriptedVoter {
    return new ScriptedVoter(this.electorate, { name, onVoteFailure }, () => 'silent').comes();
  }

  /** Proposes a group; undefined when nobody is there to vote. */
  elect(size: number): Election | undefined {
    const { proposals } = this.electorate;
    this.refusals.length = this.ballots.length = 0;
    const asked = Array.from({ length: size }, (_, index) => {
      const ballot = new Ballot((error) => (this.refusals[index] = error));
      const nodeId = `peer-${index}`;
      const entry = this.#staging.stage(peerNumbered(index));
      const hashes = { nodeId: 0, key: 0, did: 0 };
      ballot.number = proposals.propose(transactionOf([addChange(nodeId, entry, hashes)]), 0);
      this.ballots.push(ballot);
      return { ballot, describe: () => ({ kind: 'upsert' as const, nodeId, changes: 1 }) };
    });
    const election = this.electorate.elect(asked);
    proposals.announce();
    return election;
  }

  /** Casts a vote of a voter on the ballot at an index. */
  cast({ caster }: ScriptedVoter, index: number, verdict: Verdict = Verdict.accept): void {
    caster.cast(this.ballots[index]!.number, verdict, 'because');
    caster.publish();
  }

  get codes(): (string | undefined)[] {
    return this.ballots.map((_, index) => this.refusals[index]?.code);
  }
}

describe('a vote', () => {
  it('V1 is lost by one veto: its caller hears at once who and why, the others are voted on', () => {
    const polls = new Polls();
    const [a, b] = [polls.voter('a'), polls.voter('b')];
    const election = polls.elect(2)!;
    polls.cast(b, 1, Verdict.veto);
    expect(election.collect()).toBe(false);
    expect(polls.codes).toEqual([undefined, 'OBSERVER_VETO']);
    expect(polls.refusals[1]).toMatchObject({
      observer: 'b',
      reason: 'because',
      command: { kind: 'upsert', nodeId: 'peer-1', changes: 1 },
    });
    polls.cast(b, 0);
    polls.cast(a, 0);
    // Also of a voter that is slower than the veto: its vote is due, and not late.
    expect(election.collect()).toBe(false);
    polls.cast(a, 1);
    expect(election.collect()).toBe(true);
    expect(polls.ballots.map(({ isRefused }) => isRefused)).toEqual([false, true]);
    expect(a.voter.stats()).toMatchObject({ votes: 2, vetoes: 0, late: 0 });
    expect(b.voter.stats()).toMatchObject({ votes: 2, vetoes: 1, late: 0 });
  });

  it('V2 has one deadline, whoever votes when: who owes a vote then has failed', () => {
    const polls = new Polls();
    const voters = [polls.voter('slow'), polls.voter('fast'), polls.voter('lax', 'proceed')];
    const election = polls.elect(3)!;
    polls.clock.advance(60);
    for (let index = 0; index < 3; index++) polls.cast(voters[1]!, index);
    polls.cast(voters[0]!, 2);
    election.collect();
    polls.clock.advance(39);
    expect(election.deadline.isPast).toBe(false);
    polls.clock.advance(1);
    expect(election.deadline.isPast).toBe(true);
    election.expire();
    expect(polls.codes).toEqual(['VOTE_TIMEOUT', 'VOTE_TIMEOUT', undefined]);
    expect(polls.refusals[0]!.message).toContain("observer 'slow'");
    expect(polls.ballots.map(({ isIncomplete }) => isIncomplete)).toEqual([true, true, true]);
    expect(voters.map(({ voter }) => voter.stats().timeouts)).toEqual([2, 0, 3]);
    expect(voters[2]!.voter.stats().proceededWithout).toBe(3);
  });

  it('V5 is not changed by late, double and unknown votes, which are counted', () => {
    const polls = new Polls();
    const voter = polls.voter('odd', 'proceed');
    polls.elect(1)!.expire();
    const overdue = polls.ballots[0]!.number;
    const election = polls.elect(2)!;
    const { caster } = voter;
    caster.cast(overdue, Verdict.veto);
    for (const number of [0, -1, 1_000, 2 ** 31 - 1]) caster.cast(number, Verdict.veto);
    caster.cast(polls.ballots[0]!.number, 77 as Verdict);
    polls.cast(voter, 0);
    polls.cast(voter, 0, Verdict.veto);
    expect(election.collect()).toBe(false);
    polls.cast(voter, 1);
    expect(election.collect()).toBe(true);
    expect(polls.codes).toEqual([undefined, undefined]);
    expect(voter.voter.stats()).toMatchObject({ late: 1, unknown: 5, double: 1, votes: 2 });
  });

  it('V5 is not changed by votes of an incarnation that was given up', () => {
    const polls = new Polls();
    const voter = polls.voter('mortal');
    let election = polls.elect(2)!;
    polls.cast(voter, 0);
    election.collect();
    const before = voter.caster;
    voter.crashes(new Error('out of luck'));
    before.cast(polls.ballots[1]!.number, Verdict.accept);
    before.publish();
    expect(election.collect()).toBe(true);
    expect(polls.codes).toEqual([undefined, 'VOTE_FAILED']);
    expect(polls.refusals[1]!.message).toContain('out of luck');

    voter.comes();
    election = polls.elect(1)!;
    before.cast(polls.ballots[0]!.number, Verdict.veto);
    before.publish();
    expect(election.collect()).toBe(false);
    polls.cast(voter, 0);
    expect(election.collect()).toBe(true);
    expect(polls.codes).toEqual([undefined]);
    expect(voter.voter.stats()).toMatchObject({ posthumous: 2, votes: 2, failures: 1 });
  });

  it('V6 is not held while a voter is away: its policy says what becomes of transactions', () => {
    const polls = new Polls();
    const strict = polls.voter('strict');
    const lax = polls.voter('lax', 'proceed');
    lax.crashes();
    expect(polls.electorate.refusal(2)).toBeUndefined();
    strict.crashes();
    expect(polls.electorate.refusal(2)).toMatchObject({ code: 'OBSERVER_UNAVAILABLE' });
    expect(strict.voter.stats().refusedWithout).toBe(2);
    strict.unregisters();
    expect(polls.elect(3)).toBeUndefined();
    expect(lax.voter.stats().proceededWithout).toBe(3);
    expect(polls.ballots.every(({ isIncomplete }) => isIncomplete)).toBe(true);
  });

  it('goes on without a voter that is unregistered in the middle of it', () => {
    const polls = new Polls();
    const [leaver, stayer] = [polls.voter('leaver'), polls.voter('stayer')];
    const election = polls.elect(1)!;
    polls.cast(stayer, 0);
    expect(election.collect()).toBe(false);
    leaver.unregisters();
    expect(election.collect()).toBe(true);
    expect(polls.codes).toEqual([undefined]);
    expect(leaver.voter.stats()).toMatchObject({ failures: 0, timeouts: 0 });
  });

  it('fails with a voter that is overtaken in the middle of it, and goes on after its resync', () => {
    const polls = new Polls();
    const voter = polls.voter('lapped');
    const election = polls.elect(1)!;
    voter.resyncs();
    expect(election.collect()).toBe(true);
    expect(polls.codes).toEqual(['OBSERVER_UNAVAILABLE']);
    voter.returns();
    const next = polls.elect(1)!;
    polls.cast(voter, 0);
    expect(next.collect()).toBe(true);
    expect(polls.codes).toEqual([undefined]);
  });

  it('B3 is not asked of a voter whose breaker is open, and asked once when it is half-open', () => {
    const polls = new Polls();
    const { voter } = polls.voter('failing');
    for (let group = 0; group < 2; group++) {
      expect(polls.electorate.refusal(1)).toBeUndefined();
      polls.elect(3)!.expire();
    }
    // B4: two groups of three proposals each are two failures.
    expect(voter.stats()).toMatchObject({ breaker: 'open', timeouts: 6 });
    expect(polls.electorate.refusal(1)).toMatchObject({ code: 'OBSERVER_UNAVAILABLE' });
    expect(polls.electorate.groupSize).toBeGreaterThan(100);
    polls.clock.advance(config.breaker.resetMs);
    expect(polls.electorate.refusal(1)).toBeUndefined();
    expect(polls.electorate.groupSize).toBe(1);
  });

  it('B3 begins anew with the next incarnation', () => {
    const polls = new Polls();
    const scripted = polls.voter('failing');
    for (let group = 0; group < 2; group++) polls.elect(1)!.expire();
    scripted.resyncs();
    scripted.returns();
    expect(scripted.voter.breaker.state).toBe('open');
    scripted.crashes();
    scripted.comes();
    expect(scripted.voter.breaker.state).toBe('closed');
  });

  it('counts what a voter had answered when it paused; the rest is refused, and is no failure of its', () => {
    const polls = new Polls();
    const { electorate } = polls;
    const scripted = polls.voter('paused');
    for (let group = 0; group < 3; group++) {
      const election = polls.elect(3)!;
      polls.cast(scripted, 0);
      polls.cast(scripted, 1, Verdict.veto);
      electorate.leave(scripted.voter, 'paused', { kind: 'paused' });
      expect(election.collect()).toBe(true);
      expect(polls.refusals[0]).toBeUndefined();
      expect(polls.refusals.slice(1)).toMatchObject([
        { code: 'OBSERVER_VETO' },
        { code: 'OBSERVER_UNAVAILABLE', message: "observer 'paused' was paused as it voted" },
      ]);
      scripted.returns();
    }
    expect(scripted.voter.breaker.state).toBe('closed');
    for (let group = 0; group < 2; group++) polls.elect(1)!.expire();
    electorate.leave(scripted.voter, 'paused', { kind: 'paused' });
    scripted.returns();
    expect(scripted.voter.breaker.state).toBe('open');
  });

  it('is held for a voter that wants to be waited for, as long as it may come back in time', () => {
    const polls = new Polls();
    const policy = { name: 'awaited', onUnavailable: 'wait' } as const;
    const scripted = new ScriptedVoter(polls.electorate, policy).comes();
    expect(polls.electorate.holdMs()).toBe(0);
    scripted.crashes();
    polls.clock.advance(200);
    expect(polls.electorate.holdMs()).toBe(300);
    polls.electorate.leave(scripted.voter, 'quarantined', { kind: 'resyncing' });
    expect(polls.electorate.holdMs()).toBe(0);
    polls.electorate.leave(scripted.voter, 'backoff', { kind: 'resyncing' });
    polls.clock.advance(300);
    expect(polls.electorate.holdMs()).toBe(0);
  });

  it('shows voters each proposal whole, and then which were not committed', async () => {
    const polls = new Polls();
    const voter = polls.voter('reader');
    voter.script = () => 'accept';
    const election = polls.elect(3)!;
    await settleTurns(20);
    expect(election.collect()).toBe(true);
    const numbers = polls.ballots.map(({ number }) => number);
    expect(voter.asked.map(({ id }) => id)).toEqual(numbers);
    expect(voter.asked.map(({ added }) => added[0]!.entry)).toEqual(
      numbers.map((_, index) => peerNumbered(index)),
    );
    polls.electorate.proposals.conclude([numbers[2]!]);
    await settleTurns(20);
    expect(voter.aborted).toEqual([numbers[2]]);
  });

  it('leaves no timer behind', async () => {
    const polls = new Polls();
    polls.voter('any');
    const election = polls.elect(1)!;
    expect(polls.clock.timers).toBe(0);
    let isPast = false;
    const cancel = election.deadline.whenPast(() => (isPast = true));
    cancel();
    polls.clock.advance(1_000);
    await settleTurns();
    expect([isPast, polls.clock.timers]).toEqual([false, 0]);
  });
});
