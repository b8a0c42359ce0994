import { type Clock, systemClock } from '../clock.js';
import { toldTime } from '../clock-argument.js';
import type { RegistryConfig } from '../config.js';
import { errorOf } from '../error-of.js';
import type { RegistryFailedError } from '../errors.js';
import type { PanoptesError } from '../errors.js';
import { ChangeLog } from '../log/change-log.js';
import type { LastTransaction } from '../log/log-writer.js';
import type { SnapshotTaker } from '../log/snapshot.js';
import { failFast } from '../fail-fast.js';
import { PeerTable } from '../peers/peer-table.js';
import { TimeBound } from '../peers/time-bound.js';
import { checkReason, closed, readOnly } from './refusals.js';
import { RegistryCounters } from './registry-counters.js';
import { failureBy } from './registry-failure.js';
import { tellAll } from '../tell-all.js';
import { TurnSchedule } from './turn-schedule.js';
import type { Electorate } from '../voting/electorate.js';
import { CallerDesk } from './caller-desk.js';
import { CallerSteps } from './caller-steps.js';
import { CommandIntake } from './command-intake.js';
import { CommitPath } from './commit-path.js';
import type { Durability } from './durability.js';
import { RegistryDurability } from './registry-durability.js';
import type { RegistryLife } from './registry-life.js';
import type { OpenedStore } from './registry-store.js';
import { CommitDurations } from './commit-durations.js';
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
  readonly #durability: RegistryDurability;
  readonly #life: RegistryLife;
  readonly #path: CommitPath;
  readonly #queue: CommandQueue;
  readonly #machine: RegistryMachine;
  /** Resolves when no command waits any longer and none will come. */
  readonly #stopped: Promise<void>;
  #resolveStopped!: () => void;
  readonly #failing = new AbortController();
  /** Aborted when another life has begun; another one when this follows that. */
  #fencing = new AbortController();
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
    this.#life = life;
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
    this.#durability = new RegistryDurability({
      config,
      log: this.log,
      durations,
      warn,
      fail: (cause) => this.fail(cause),
      fence: (reason) => this.fence(reason),
      refuse: (reason) => this.intake.close(reason),
    });
    if (life.store !== undefined) this.#durability.join(life.store);
    const { maxWaiting, maxBatchChanges } = commands;
    this.#queue = tracing ? new TracedQueue(maxWaiting, tracing) : new CommandQueue(maxWaiting);
    const times = new TimeBound(peers);
    const staging = new Staging(times);
    const { table, counters } = this;
    this.intake = new CommandIntake({
      queue: this.#queue,
      staging,
      counters,
      maxBatchChanges,
      now,
      times,
      scheduleTurn: () => this.#turns.ask(),
    });
    this.callers = new CallerDesk({
      intake: this.intake,
      steps: new CallerSteps(staging, now),
      table,
      maxBatchChanges,
    });
    // A replica may be given a store later; all others have theirs for good.
    const outcomes = this.#durability.outcomes(life.isReplica);
    if (life.isReplica) this.intake.setReadOnly(readOnly());
    this.#path = new CommitPath({
      config,
      clock,
      table,
      log: this.log,
      queue: this.#queue,
      staging,
      times,
      outcomes: tracing ? new TracedOutcomes(outcomes) : outcomes,
      counters,
      durations,
      durability: () => this.#durability.current,
      mayVote: () => !life.isReplica,
    });
    this.electorate = this.#path.electorate;
    this.#stopped = new Promise((resolve) => (this.#resolveStopped = resolve));
    this.#machine = this.#start(life.isReplica, inspection?.of('registry'));
  }

  /** What it knows of its store, if it has one. */
  get durability(): Durability | undefined {
    return this.#durability.current;
  }

  /** The last transaction's number, through all lives; 0 before the first. */
  get seq(): number {
    return this.#path.seq;
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

  /** Aborted when another life has begun elsewhere; its reason is usually a `RegistryFencedError`. */
  get fenced(): AbortSignal {
    return this.#fencing.signal;
  }

  /** Takes no more commands, and resolves when those that wait have been committed or refused. */
  async drain(): Promise<void> {
    this.intake.close(closed());
    this.#isDraining = true;
    this.#send({ type: 'CLOSE' });
    await this.#stopped;
  }

  /** Has the peers of another table, as of another transaction, while it is a replica and nothing waits. */
  replace(table: PeerTable, last: LastTransaction): void {
    this.#path.replace(table, last);
  }

  /** A replica, of which nothing waits, takes commands from now on. */
  promote(store: OpenedStore | undefined, snapshots: SnapshotTaker): void {
    if (store !== undefined) this.#durability.join(store).begin(snapshots);
    this.intake.setReadOnly(undefined);
    this.#send({ type: 'PROMOTE' });
  }

  /** Gives the store back, of which nothing is expected any more. */
  leaveStore(): Promise<void> {
    return this.#durability.leave();
  }

  /** What was fenced, and has no store any more, is a replica from now on. */
  follow(): void {
    this.#life.demote();
    this.intake.setReadOnly(readOnly());
    this.#fencing = new AbortController();
    this.#send({ type: 'FOLLOW' });
  }

  /** Takes no more commands, and refuses those whose callers have not been told of an outcome. */
  fence(reason: PanoptesError): void {
    checkReason(reason);
    if (this.#life.isReplica || this.fenced.aborted) return;
    this.intake.interrupt(reason);
    this.#fencing.abort(reason);
    this.#send({ type: 'FENCE' });
  }

  #start(isReplica: boolean, inspect: MachineInspect | undefined): RegistryMachine {
    const failed = (cause: unknown): void => this.fail(cause);
    const work = {
      commitGroup: () => this.#commitGroup(),
      roomInLog: () => failFast(failed, () => this.#path.roomInLog()),
      votes: () => failFast(failed, () => this.#path.votes()),
      abandon: () => this.#abandon(),
      stopped: () => this.#stop(),
    };
    const machine = makeRegistryMachine(work, inspect);
    // Without an observer of errors, one inside the machine would be an uncaught exception.
    machine.subscribe({ error: failed });
    machine.start();
    machine.send({ type: isReplica ? 'FOLLOW' : 'OPEN' });
    return machine;
  }

  #commitGroup(): void {
    try {
      const end = this.#path.runTurn();
      if (end === 'log-full') this.#machine.send({ type: 'LOG_FULL' });
      else if (end === 'voting') this.#machine.send({ type: 'VOTING' });
      else if (end === 'yielded') this.#turns.ask();
      else if (this.#isDraining) this.#machine.send({ type: 'EMPTY' });
    } catch (cause) {
      this.fail(cause);
    }
  }

  /**
   * Stops the registry because of a bug: everything that waits, and all that comes, is rejected. Each
   * step is taken even if others throw, since the bug may be in any of them.
   */
  fail(cause: unknown): void {
    if (this.failure.aborted) return;
    const steps = [
      () => this.#failing.abort(failureBy(cause)),
      // Callers have been promised what was committed.
      () => this.#path.publish(),
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

  /** Refuses what waits, and what is committed and may be nowhere else: another life has begun. */
  #abandon(): void {
    const reason = this.fenced.reason as PanoptesError;
    const steps = [() => this.#path.abandon(reason), () => this.durability?.end(reason)];
    try {
      tellAll(steps, (step) => step());
    } catch (cause) {
      this.fail(cause);
    }
  }

  /** A turn or a call to close may come after the end; the machine would complain of it on stderr. */
  #send(signal: RegistrySignal): void {
    if (this.#machine.getSnapshot().status === 'active') this.#machine.send(signal);
  }

  /** Refuses what waits and what may come; the machine is at its end. */
  #stop(): void {
    const error = this.failure.aborted ? (this.failure.reason as RegistryFailedError) : closed();
    const steps = [
      () => this.#path.abandon(error),
      () => this.intake.close(error),
      () => this.#resolveStopped(),
    ];
    tellAll(steps, (step) => step());
  }
}

/** Is told of trouble with a registry's store. */
export type StoreWarning = (facts: object, message: string) => void;
