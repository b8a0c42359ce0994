import type { Clock } from '../clock.js';
import { PanoptesError } from '../errors.js';
import { maxTurnMs } from '../limits.js';
import type { Doorbell } from '../log/doorbell.js';
import { AdaptiveSpin } from '../log/adaptive-spin.js';
import type { PeerTable } from '../peers/peer-table.js';
import type { RegistryCounters } from './registry-counters.js';
import { tellAll } from '../tell-all.js';
import { Ballot } from '../voting/ballot.js';
import type { VotedProposal, Election } from '../voting/election.js';
import type { Electorate } from '../voting/electorate.js';
import type { Admission } from './admission.js';
import { refusedCommand, resultOf } from './command-outcome.js';
import type { TurnEnd } from './commit-loop.js';
import type { Committer } from './committer.js';
import { GroupFootprint } from './group-footprint.js';
import type { Outcomes } from './outcomes.js';
import type { Transaction } from '../log/transaction.js';
import type { QueuedCommand, CommandQueue } from './command-queue.js';

/**
 * Commits with critical observers: takes commands as long as they touch different peers, decides all
 * of them, has the whole group voted on at once, and commits in order what was accepted. Until then
 * nothing is written but proposals, so what is refused has left no trace to be taken back.
 */
export class VotedCommit {
  readonly #deps: VotedCommitDeps;
  readonly #footprint: GroupFootprint;
  readonly #spin = new AdaptiveSpin();
  #members: Member[] = [];
  /** How many of them have been brought to their end. */
  #settled = 0;
  /** Whether the group has been put to the vote, or needs none. */
  #isProposed = false;
  #election: Election | undefined;
  /** The command in front that has been through the rate limits already. */
  #admitted: QueuedCommand | undefined;
  #waiting: Promise<void> | undefined;

  constructor(deps: VotedCommitDeps) {
    this.#deps = deps;
    this.#footprint = new GroupFootprint(deps.table);
  }

  /** Whether a group is under way. */
  get isBusy(): boolean {
    return this.#members.length > 0;
  }

  /** Brings groups to their end, until there is none, or one must wait. */
  run(): TurnEnd {
    const { stopwatch, committer, doorbell } = this.#deps;
    const end = this.#runGroups(stopwatch.monotonic());
    committer.publish();
    doorbell.changed();
    return end;
  }

  #runGroups(start: number): TurnEnd {
    const { stopwatch, committer, electorate, doorbell, outcomes } = this.#deps;
    for (;;) {
      if (!this.isBusy && !outcomes.hasRoom) return 'log-full';
      if (!this.isBusy && !this.#gather()) return 'idle';
      if (!this.#isProposed) {
        if (electorate.holdMs() > 0) return 'voting';
        this.#propose();
      }
      const election = this.#election;
      if (election !== undefined && !this.#spin.look(() => election.collect())) {
        return 'voting';
      }
      this.#election = undefined;
      if (!this.#commit()) {
        committer.publish();
        // Readers that are waited for must be awake to make room, wherever they sleep.
        doorbell.ring();
        electorate.nudge();
        return 'log-full';
      }
      if (stopwatch.monotonic() - start > maxTurnMs) return 'yielded';
    }
  }

  /** Resolves when the group can go on: all have voted, or no voter is waited for any longer. */
  wait(): Promise<void> {
    this.#waiting ??= (
      this.#election === undefined ? this.#untilBack() : this.#untilVoted()
    ).finally(() => (this.#waiting = undefined));
    return this.#waiting;
  }

  /** Whether the transaction whose turn it is would find room in the log now. */
  hasRoom(): boolean {
    const next = this.#members[this.#settled];
    return next === undefined || this.#deps.committer.fits(next.transaction);
  }

  /** Rejects the group under way. */
  abandon(error: Error): void {
    const { admission } = this.#deps;
    this.#election = undefined;
    this.#admitted = undefined;
    // Those that were refused by a vote have been told.
    const open = this.#members.splice(0).slice(this.#settled);
    const untold = open.filter(({ ballot }) => ballot?.isRefused !== true);
    tellAll(untold, ({ waiting }) => waiting.reject(error));
    for (const { waiting, transaction, ballot } of open) {
      ballot?.trace?.conclude();
      admission.discard(transaction);
      admission.release(waiting.command);
    }
  }

  /** Takes and decides the commands of the next group. False when there is none. */
  #gather(): boolean {
    const { queue, electorate, clock, admission, counters, outcomes } = this.#deps;
    const footprint = this.#footprint;
    footprint.clear();
    this.#settled = 0;
    this.#isProposed = false;
    const size = electorate.groupSize;
    const monotonic = clock.monotonic();
    let units = 0;
    let proposals = 0;
    for (let next = queue.peek(); next !== undefined; next = queue.peek()) {
      const { command, at } = next;
      if (proposals === size || units >= electorate.proposals.groupUnits) break;
      if (footprint.clashes(command)) break;
      const refusal = this.#admitted === next ? undefined : admission.admit(command, monotonic);
      const decision = refusal ?? admission.decideKept(command, at, footprint.arriving);
      this.#admitted = undefined;
      if (!footprint.isEmpty && GroupFootprint.mustLead(decision)) {
        // It is decided again, first in the next group; the rate limits have counted it.
        this.#admitted = next;
        if (!(decision instanceof PanoptesError)) admission.discard(decision);
        break;
      }
      queue.shift();
      if (decision instanceof PanoptesError) {
        counters.rejected++;
        outcomes.reject(next, decision);
        admission.release(command);
        continue;
      }
      const ballot = decision.changes.length === 0 ? undefined : this.#newBallot(next);
      this.#members.push({ waiting: next, transaction: decision, ballot });
      footprint.add(decision);
      if (ballot !== undefined) proposals++;
      units += decision.units;
      // A sweep of expired peers looks at all of them: nothing else goes with it.
      if (command.kind === 'cleanup') break;
    }
    return this.isBusy;
  }

  #newBallot(queued: QueuedCommand): Ballot {
    return new Ballot((error) => {
      this.#deps.counters.countRefusal(error);
      this.#deps.outcomes.reject(queued, error);
    }, queued.trace);
  }

  /** Puts the group to the vote. */
  #propose(): void {
    const { electorate } = this.#deps;
    this.#isProposed = true;
    const voted: VotedProposal[] = [];
    for (const { waiting, transaction, ballot } of this.#members) {
      if (ballot === undefined) continue;
      voted.push({ ballot, describe: () => refusedCommand(waiting.command, transaction) });
    }
    if (voted.length === 0) return;
    const refusal = electorate.refusal(voted.length);
    if (refusal !== undefined) {
      for (const { ballot } of voted) ballot.refuse(refusal);
      return;
    }
    const { proposals } = electorate;
    for (const { waiting, transaction, ballot } of this.#members) {
      if (ballot === undefined) continue;
      ballot.number = proposals.propose(transaction, waiting.at);
      ballot.trace?.proposed();
    }
    this.#election = electorate.elect(voted);
    proposals.announce();
  }

  /** Commits what was accepted, in order. False when the log has no room for the next one yet. */
  #commit(): boolean {
    const { committer, counters, electorate, admission, outcomes } = this.#deps;
    while (this.#settled < this.#members.length) {
      const { waiting, transaction, ballot } = this.#members[this.#settled]!;
      const { command } = waiting;
      if (ballot === undefined) {
        counters.unchanged++;
        outcomes.resolve(waiting, resultOf(command, transaction, committer.seq), committer.seq);
      } else if (!ballot.isRefused) {
        if (!committer.fits(transaction)) return false;
        const seq = committer.commit(transaction, waiting);
        counters.countCommit(transaction.changes);
        if (ballot.isIncomplete) counters.proceededWithout++;
        outcomes.resolve(waiting, resultOf(command, transaction, seq), seq);
      }
      this.#settled++;
      ballot?.trace?.conclude();
      admission.discard(transaction);
      admission.release(command);
    }
    committer.publish();
    const aborted: number[] = [];
    let proposed = false;
    for (const { ballot } of this.#members) {
      if (ballot === undefined || ballot.number === 0) continue;
      proposed = true;
      if (ballot.isRefused) aborted.push(ballot.number);
    }
    if (proposed) electorate.proposals.conclude(aborted);
    this.#members = [];
    return true;
  }

  async #untilVoted(): Promise<void> {
    const { electorate } = this.#deps;
    const election = this.#election!;
    this.#spin.sleeps();
    let wake!: () => void;
    const passed = new Promise<void>((resolve) => (wake = resolve));
    const cancel = election.deadline.whenPast(wake);
    try {
      for (;;) {
        const moved = electorate.moved();
        if (election.collect()) return this.#spin.wakes();
        if (election.deadline.isPast) return election.expire();
        await Promise.race([moved, passed]);
      }
    } finally {
      cancel();
    }
  }

  /** Holds commands for voters that may come back. */
  async #untilBack(): Promise<void> {
    const { electorate, stopwatch } = this.#deps;
    for (let leftMs = electorate.holdMs(); leftMs > 0; leftMs = electorate.holdMs()) {
      const moved = electorate.moved();
      let cancel!: () => void;
      const passed = new Promise<void>((resolve) => {
        cancel = stopwatch.after(Math.ceil(leftMs), resolve);
      });
      if (electorate.holdMs() > 0) await Promise.race([moved, passed]);
      cancel();
    }
  }
}

/** What a voted commit depends on. */
export interface VotedCommitDeps {
  readonly table: PeerTable;
  readonly admission: Admission;
  readonly committer: Committer;
  readonly electorate: Electorate;
  readonly doorbell: Doorbell;
  readonly queue: CommandQueue;
  readonly outcomes: Outcomes;
  readonly counters: RegistryCounters;
  /** Time of peers: rate limits go by its durations. */
  readonly clock: Clock;
  /** Time of the machine. */
  readonly stopwatch: Clock;
}

/** A decided command of the group, in its turn. */
interface Member {
  readonly waiting: QueuedCommand;
  readonly transaction: Transaction;
  /** None when it changes nothing. */
  readonly ballot: Ballot | undefined;
}
