import { type Clock, systemClock } from '../clock.js';
import type { RegistryConfig } from '../config.js';
import type { ChangeLog } from '../log/change-log.js';
import { LogBackpressure } from '../log/log-backpressure.js';
import type { LastTransaction } from '../log/log-writer.js';
import type { PeerTable } from '../peers/peer-table.js';
import { RateLimiter } from '../peers/rate-limit.js';
import type { Staging } from '../peers/staging.js';
import type { TimeBound } from '../peers/time-bound.js';
import { tellAll } from '../tell-all.js';
import { Electorate } from '../voting/electorate.js';
import { Admission } from './admission.js';
import type { CommandQueue } from './command-queue.js';
import type { CommitDurations } from './commit-durations.js';
import { CommitLoop, type TurnEnd } from './commit-loop.js';
import { Committer } from './committer.js';
import type { Durability } from './durability.js';
import type { Outcomes } from './outcomes.js';
import type { RegistryCounters } from './registry-counters.js';
import { VotedCommit } from './voted-commit.js';

/** The way of commands from the queue into the log: decided, voted on where there are voters, committed. */
export class CommitPath {
  /** The critical observers, who vote on what is to be committed. */
  readonly electorate: Electorate;
  readonly #deps: CommitPathDeps;
  readonly #committer: Committer;
  readonly #loop: CommitLoop;
  readonly #voted: VotedCommit;
  readonly #backpressure: LogBackpressure;

  constructor(deps: CommitPathDeps) {
    const { config, clock, table, log, durations, durability } = deps;
    const { peers, commands, observers } = config;
    this.#deps = deps;
    this.#committer = new Committer({
      table,
      writer: log.writer,
      durations,
      tellsAtOnce: () => config.durability !== 'commit' || durability() === undefined,
      allows: () => durability()?.allows() ?? true,
    });
    const { logBytes } = config.log;
    this.electorate = new Electorate({ table, logBytes, config: observers, clock: systemClock });
    const admission = new Admission({
      ...deps,
      limiter: new RateLimiter(peers.rateLimits),
      rules: {
        maxPeers: peers.maxPeers,
        peerTtlMs: peers.peerTtlSecs * 1000,
        maxBatchChanges: commands.maxBatchChanges,
        logBytes,
        didMethods: peers.didMethods,
      },
    });
    const shared = {
      admission,
      committer: this.#committer,
      doorbell: log.doorbell,
      queue: deps.queue,
      outcomes: deps.outcomes,
      counters: deps.counters,
      clock,
      stopwatch: systemClock,
    };
    const { electorate } = this;
    this.#loop = new CommitLoop({
      ...shared,
      mustVote: () => !electorate.isEmpty && deps.mayVote(),
    });
    this.#voted = new VotedCommit({ ...shared, table, electorate });
    const seeker = {
      hasRoom: () =>
        (durability()?.hasRoom() ?? true) && this.#loop.hasRoom() && this.#voted.hasRoom(),
    };
    this.#backpressure = new LogBackpressure(log, seeker, observers.blockTimeoutMs);
  }

  /** The last transaction's number, through all lives; 0 before the first. */
  get seq(): number {
    return this.#committer.seq;
  }

  /** Commits some of what waits. */
  runTurn(): TurnEnd {
    // What one of them has begun, it ends; then it depends on whether there is a voter to be asked.
    const hasVoters = !this.electorate.isEmpty && this.#deps.mayVote();
    const isVoted = !this.#loop.isPending && (hasVoters || this.#voted.isBusy);
    const end = isVoted ? this.#voted.run() : this.#loop.run();
    this.#backpressure.restoreGating();
    return end;
  }

  /** Resolves when the log may have room again. */
  roomInLog(): Promise<void> {
    return this.#backpressure.wait();
  }

  /** Resolves when the group that is voted on can go on. */
  votes(): Promise<void> {
    return this.#voted.wait();
  }

  /** Lets readers see everything that was committed. */
  publish(): void {
    this.#committer.publish();
  }

  /** Has the peers of another table from now on, as of a transaction; nothing waits to be committed. */
  replace(table: PeerTable, last: LastTransaction): void {
    const { log, durations } = this.#deps;
    this.#deps.table.become(table);
    durations.skipTo(last.seq);
    log.writer.skipTo(last);
    log.doorbell.ring();
  }

  /** Rejects everything that waits, each step even if others throw. */
  abandon(error: Error): void {
    const steps = [() => this.#voted.abandon(error), () => this.#loop.abandon(error)];
    tellAll(steps, (step) => step());
  }
}

/** What the way of commands depends on. */
export interface CommitPathDeps {
  readonly config: RegistryConfig;
  /** Time of peers: rate limits go by its durations. */
  readonly clock: Clock;
  readonly table: PeerTable;
  readonly log: ChangeLog;
  readonly queue: CommandQueue;
  readonly staging: Staging;
  readonly times: TimeBound;
  readonly outcomes: Outcomes;
  readonly counters: RegistryCounters;
  readonly durations: CommitDurations;
  /** Whether its voters are asked: not about what a primary has committed. */
  readonly mayVote: () => boolean;
  /** What is known of the store, if there is one by now. */
  readonly durability: () => Durability | undefined;
}
