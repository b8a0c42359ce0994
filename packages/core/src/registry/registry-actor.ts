import { type Clock, systemClock } from '../clock.js';
import { toldTime } from '../clock-argument.js';
import type { RegistryConfig } from '../config.js';
import { errorOf, messageWithCause } from '../error-of.js';
import { RegistryClosedError, RegistryFailedError } from '../errors.js';
import { ChangeLog } from '../log/change-log.js';
import { StoreError } from '../store-error.js';
import { failFast } from '../fail-fast.js';
import { PeerTable } from '../peers/peer-table.js';
import { RateLimiter } from '../peers/rate-limit.js';
import { TimeBound } from '../peers/time-bound.js';
import { RegistryCounters } from './registry-counters.js';
import { tellAll } from '../tell-all.js';
import { TurnSchedule } from './turn-schedule.js';
import { Electorate } from '../voting/electorate.js';
import { Admission } from './admission.js';
import { CallerDesk } from './caller-desk.js';
import { CallerSteps } from './caller-steps.js';
import { CommandIntake } from './command-intake.js';
import { CommitLoop, type TurnEnd } from './commit-loop.js';
import { Durability, type DurabilityDeps } from './durability.js';
import { promptOutcomes } from './outcomes.js';
import type { RegistryLife } from './registry-life.js';
import { CommitDurations } from './commit-durations.js';
import { Committer } from './committer.js';
import { LogBackpressure } from '../log/log-backpressure.js';
import {
  type RegistryMachine,
  type RegistrySignal,
  makeRegistryMachine,
} from './registry-machine.js';
import type { MachineInspect } from '../tracing/machine-inspection.js';
import type { RegistryWatchers } from './registry-ports.js';
import { Staging } from '../peers/staging.js';
import { TracedOutcomes } from './traced-outcomes.js';
import { TracedQueue } from './traced-queue.js';
import { VotedCommit } from './voted-commit.js';
import { CommandQueue } from './command-queue.js';

/**
 * The actor behind a registry: the machine and the parts that it drives, from the intake where commands
 * are handed in to the log where their transactions end.
 */
export class RegistryActor {
  readonly intake: CommandIntake;
  /** Where callers on other threads hand in their commands. */
  readonly callers: CallerDesk;
  readonly table = new PeerTable();
  readonly log: ChangeLog;
  readonly counters: RegistryCounters;
  /** The critical observers, who vote on what is to be committed. */
  readonly electorate: Electorate;
  /** What it knows of its store, if it has one. */
  readonly durability: Durability | undefined;
  readonly #committer: Committer;
  readonly #loop: CommitLoop;
  readonly #voted: VotedCommit;
  readonly #backpressure: LogBackpressure;
  readonly #queue: CommandQueue;
  readonly #machine: RegistryMachine;
  /** Resolves when no command waits any longer and none will come. */
  readonly #stopped: Promise<void>;
  #resolveStopped!: () => void;
  readonly #failing = new AbortController();
  readonly #turns = new TurnSchedule(() => this.#send({ type: 'TURN' }));
  #isDraining = false;
  /**
   * @param clock - the time of peers: expiry goes by its date, rate limits by its durations
   * @param life - where its log begins
   * @param warn - is told what is wrong with its store
   */
  constructor(
    config: RegistryConfig,
    clock: Clock,
    life: RegistryLife,
    warn: StoreWarning,
    { tracing, inspection }: RegistryWatchers = {},
  ) {
    const { peers, commands, log, observers } = config;
    // A line for every observer, as many again for threads that end slowly, and some to spare.
    const readers = 2 * observers.maxObservers + 28;
    const now = clock === systemClock ? () => this.#turns.now() : () => toldTime(clock, 'now');
    const began = now();
    this.log = new ChangeLog(
      { logBytes: log.logBytes, readers, began, hasOwnTime: clock !== systemClock },
      { seq: life.lastSeq, time: life.lastSeq === 0 ? began : life.lastTime },
    );
    const durations = new CommitDurations(systemClock, life.lastSeq);
    this.counters = new RegistryCounters(durations);
    const durability =
      life.store && this.#durabilityOf({ config, durations, warn, store: life.store });
    this.durability = durability;
    const outcomes = durability?.outcomes ?? promptOutcomes;
    this.#committer = new Committer({
      table: this.table,
      writer: this.log.writer,
      durations,
      tellsAtOnce: outcomes === promptOutcomes,
      allows: () => durability?.allows() ?? true,
    });
    const { maxWaiting } = commands;
    this.#queue = tracing ? new TracedQueue(maxWaiting, tracing) : new CommandQueue(maxWaiting);
    const times = new TimeBound(peers);
    const staging = new Staging(times);
    this.intake = new CommandIntake({
      queue: this.#queue,
      staging,
      counters: this.counters,
      maxBatchChanges: commands.maxBatchChanges,
      now,
      times,
      scheduleTurn: () => this.#turns.ask(),
    });
    this.callers = new CallerDesk({
      intake: this.intake,
      steps: new CallerSteps(staging, now),
      table: this.table,
      maxBatchChanges: commands.maxBatchChanges,
    });
    this.electorate = new Electorate({
      table: this.table,
      logBytes: log.logBytes,
      config: observers,
      clock: systemClock,
    });
    const { table, electorate, counters } = this;
    const admission = new Admission({
      table,
      staging,
      limiter: new RateLimiter(peers.rateLimits),
      times,
      rules: {
        maxPeers: peers.maxPeers,
        peerTtlMs: peers.peerTtlSecs * 1000,
        maxBatchChanges: commands.maxBatchChanges,
        logBytes: log.logBytes,
        didMethods: peers.didMethods,
      },
    });
    const shared = {
      admission,
      committer: this.#committer,
      doorbell: this.log.doorbell,
      queue: this.#queue,
      outcomes: tracing ? new TracedOutcomes(outcomes) : outcomes,
      counters,
      clock,
      stopwatch: systemClock,
    };
    this.#loop = new CommitLoop({ ...shared, mustVote: () => !electorate.isEmpty });
    this.#voted = new VotedCommit({ ...shared, table, electorate });
    const seeker = {
      hasRoom: () =>
        (durability?.hasRoom() ?? true) && this.#loop.hasRoom() && this.#voted.hasRoom(),
    };
    this.#backpressure = new LogBackpressure(this.log, seeker, observers.blockTimeoutMs);
    this.#stopped = new Promise((resolve) => (this.#resolveStopped = resolve));
    this.#machine = this.#start(inspection?.of('registry'));
  }

  /** The last transaction's number, through all lives; 0 before the first. */
  get seq(): number {
    return this.#committer.seq;
  }

  /** Commands that wait for their turn. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** What the machine is doing, as in `open.idle`. */
  get state(): string {
    // A machine that has a bug itself stays where it was.
    if (this.failure.aborted) return 'failed';
    const { value } = this.#machine.getSnapshot();
    return typeof value === 'string' ? value : Object.entries(value).flat().join('.');
  }

  /** Aborted when a bug has stopped the registry; its reason is a `RegistryFailedError`. */
  get failure(): AbortSignal {
    return this.#failing.signal;
  }

  /** Takes no more commands, and resolves when those that wait have been committed or refused. */
  async drain(): Promise<void> {
    this.intake.close(new RegistryClosedError('the registry is closed and takes no more commands'));
    this.#isDraining = true;
    this.#send({ type: 'CLOSE' });
    await this.#stopped;
  }

  /** Nothing more gets to disk. */
  #storeFailed(error: StoreError, { onStoreFailure, durability }: RegistryConfig): void {
    if (onStoreFailure === 'fail') this.fail(error);
    // What cannot be acknowledged is not taken.
    else if (durability === 'commit') this.intake.close(error);
  }

  #durabilityOf(given: Omit<DurabilityDeps, 'log' | 'failed' | 'broken'>): Durability {
    const { config, warn } = given;
    return new Durability({
      ...given,
      log: this.log,
      failed: (error) => {
        warn({ code: error.code, err: error }, error.message);
        this.#storeFailed(error, config);
      },
      broken: (cause) => this.fail(cause),
    });
  }

  #start(inspect: MachineInspect | undefined): RegistryMachine {
    const failed = (cause: unknown): void => this.fail(cause);
    const work = {
      commitGroup: () => this.#commitGroup(),
      roomInLog: () => failFast(failed, () => this.#backpressure.wait()),
      votes: () => failFast(failed, () => this.#voted.wait()),
      stopped: () => this.#stop(),
    };
    const machine = makeRegistryMachine(work, inspect);
    // Without an observer of errors, one inside the machine would be an uncaught exception.
    machine.subscribe({ error: failed });
    machine.start();
    machine.send({ type: 'OPEN' });
    return machine;
  }

  #commitGroup(): void {
    try {
      const end = this.#runTurn();
      this.#backpressure.restoreGating();
      if (end === 'log-full') this.#machine.send({ type: 'LOG_FULL' });
      else if (end === 'voting') this.#machine.send({ type: 'VOTING' });
      else if (end === 'yielded') this.#turns.ask();
      else if (this.#isDraining) this.#machine.send({ type: 'EMPTY' });
    } catch (cause) {
      this.fail(cause);
    }
  }

  #runTurn(): TurnEnd {
    // What one of them has begun, it ends; then it depends on whether there is a voter to be asked.
    if (this.#loop.isPending || (this.electorate.isEmpty && !this.#voted.isBusy)) {
      return this.#loop.run();
    }
    return this.#voted.run();
  }

  /**
   * Stops the registry because of a bug: everything that waits, and all that comes, is rejected. Each
   * step is taken even if others throw, since the bug may be in any of them.
   */
  fail(cause: unknown): void {
    if (this.failure.aborted) return;
    const reason =
      cause instanceof StoreError
        ? `its store failed, which stopped the registry (onStoreFailure: 'fail')`
        : 'a bug inside the registry stopped it';
    const message = `${reason}: ${messageWithCause(cause)}`;
    const steps = [
      () => this.#failing.abort(new RegistryFailedError(message, { cause })),
      // Callers have been promised what was committed.
      () => this.#committer.publish(),
      () => this.#send({ type: 'FAIL' }),
      () => this.#stop(),
      () => this.durability?.end(this.failure.reason as RegistryFailedError),
      // Callers that wait for readers, and readers that wait for changes, are woken at once.
      () => this.log.progress.wake(),
      () => this.log.doorbell.ring(),
    ];
    try {
      tellAll(steps, (step) => step());
    } catch (another) {
      process.emitWarning(errorOf(another));
    }
  }

  /** A turn or a call to close may come after the end; the machine would complain of it on stderr. */
  #send(signal: RegistrySignal): void {
    if (this.#machine.getSnapshot().status === 'active') this.#machine.send(signal);
  }

  /** Refuses what waits and what may come; the machine is at its end. */
  #stop(): void {
    const error = this.failure.aborted
      ? (this.failure.reason as RegistryFailedError)
      : new RegistryClosedError('the registry is closed and takes no more commands');
    const steps = [
      () => this.#voted.abandon(error),
      () => this.#loop.abandon(error),
      () => this.intake.close(error),
      () => this.#resolveStopped(),
    ];
    tellAll(steps, (step) => step());
  }
}

/** Is told of trouble with a registry's store. */
export type StoreWarning = (facts: object, message: string) => void;
