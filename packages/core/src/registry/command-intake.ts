import type { PanoptesError } from '../errors.js';
import { textArgument } from '../peers/identity-arguments.js';
import { ownPatch, ownTouch } from '../peers/own-patch.js';
import type { PeerInput } from '../peers/peer-entry.js';
import type { PeerPatch } from '../peers/peer-patch.js';
import type { ReplicatedTransaction } from './replicated-transaction.js';
import type { RegistryCounters } from './registry-counters.js';
import { tellAll } from '../tell-all.js';
import { nextTurn } from '../turns.js';
import { readSteps } from './batch-steps.js';
import type { BatchUpdate } from './batch-update.js';
import type { Arrival } from './commit-durations.js';
import type { BatchResult, Command, CommandResult, UpdateFunction } from './commands.js';
import { readChange, releaseEntries, updateStep } from './commands.js';
import { type GivenTarget, readTarget } from './given-target.js';
import { refusalFor } from '../peers/refusal.js';
import type { StagedEntry, Staging } from '../peers/staging.js';
import type { TimeBound } from '../peers/time-bound.js';
import type { UpsertIntake } from './upsert-intake.js';
import { type UpsertOptions, type UpsertSettings, upsertSettings } from './upsert-options.js';
import type { QueuedCommand, CommandQueue } from './command-queue.js';

/**
 * Where callers hand in their commands: checks and encodes what they bring, and gives them a promise
 * for it. What is not a command at all is refused here, before it takes a place in the queue.
 */
export class CommandIntake implements UpsertIntake {
  readonly #queue: CommandQueue;
  readonly #staging: Staging;
  readonly #counters: CommandIntakeDeps['counters'];
  readonly #maxBatchChanges: number;
  readonly #now: () => number;
  readonly #times: TimeBound;
  readonly #scheduleTurn: () => Arrival;
  #closed: PanoptesError | undefined;
  /** Why it takes no commands of callers for now, if it does not. */
  #readOnly: PanoptesError | undefined;
  readonly #listeners = new Set<(reason: PanoptesError) => void>();

  constructor(deps: CommandIntakeDeps) {
    this.#queue = deps.queue;
    this.#staging = deps.staging;
    this.#counters = deps.counters;
    this.#maxBatchChanges = deps.maxBatchChanges;
    this.#now = deps.now;
    this.#times = deps.times;
    this.#scheduleTurn = deps.scheduleTurn;
  }

  upsert(
    peer: PeerInput,
    options: UpsertOptions | undefined,
  ): Promise<CommandResult<'added' | 'updated'>> {
    const promise = new Promise<CommandResult<'added' | 'updated'>>(hold);
    const { resolve, reject } = held;
    let settings: UpsertSettings | undefined;
    try {
      settings = upsertSettings(options);
    } catch (error) {
      this.#refuse(refusalFor(error), reject);
    }
    try {
      if (settings !== undefined) this.postUpsert(peer, settings, resolve, reject);
    } catch (bug) {
      reject(bug);
    }
    return promise;
  }

  /**
   * An upsert whose outcome is told to one of two functions instead of a promise. The one command that
   * comes in masses: written so that it makes no functions on its way in.
   */
  postUpsert(
    peer: PeerInput,
    { allowIdentityChange, whenFull }: UpsertSettings,
    resolve: QueuedCommand['resolve'],
    reject: QueuedCommand['reject'],
  ): void {
    const refusal = this.closed ?? this.#queue.refusal(whenFull);
    if (refusal !== undefined) return this.#refuse(refusal, reject);
    let at: number;
    let entry: StagedEntry;
    try {
      at = this.look();
      entry = this.#staging.stage(peer);
    } catch (error) {
      return this.#refuse(refusalFor(error), reject);
    }
    const { nodeId } = entry;
    this.#enter({ kind: 'upsert', nodeId, entry, allowIdentityChange }, at, resolve, reject);
  }

  /** Whether one more command would be refused because too many wait. */
  get isFull(): boolean {
    return this.closed === undefined && this.#queue.refusal('reject') !== undefined;
  }

  remove(nodeId: string): Promise<CommandResult<'removed'>> {
    return this.#admit(() => ({ kind: 'remove', nodeId: textArgument('peerId.nodeId', nodeId) }));
  }

  update(
    target: GivenTarget,
    change: PeerPatch | UpdateFunction,
  ): Promise<CommandResult<'updated'>> {
    return this.#admit(() => updateStep(readTarget(target), readChange(change)));
  }

  /** An update of a peer by a patch that is made when the command is let in, if it can be. */
  updateBy(nodeId: string, patch: () => PeerPatch): Promise<CommandResult<'updated'>> {
    return this.#admit(() => updateStep(readTarget({ nodeId }), ownPatch(patch())));
  }

  /** @param lastSeen - Unix milliseconds; now unless given */
  touch(nodeId: string, lastSeen: number | undefined): Promise<CommandResult<'updated'>> {
    return this.#admit((at) =>
      updateStep({ nodeId: textArgument('peerId.nodeId', nodeId) }, ownTouch(at, lastSeen)),
    );
  }

  updateOrInsert(
    peer: PeerInput,
    change: PeerPatch | UpdateFunction,
  ): Promise<CommandResult<'added' | 'updated'>> {
    return this.#admit(() => {
      const kept = readChange(change);
      const entry = this.#staging.stage(peer);
      const { nodeId } = entry;
      return {
        kind: 'update',
        target: { nodeId },
        change: kept,
        otherwise: { nodeId, entry },
        allowIdentityChange: false,
      };
    });
  }

  batch(batch: BatchUpdate): Promise<BatchResult> {
    return this.#admit(() => ({
      kind: 'batch',
      steps: readSteps(
        batch,
        this.#maxBatchChanges,
        (entry) => this.#staging.stage(entry),
        (step) => releaseEntries(step, this.#staging),
      ),
    }));
  }

  sweepExpired(): Promise<BatchResult> {
    return this.#admit(() => ({ kind: 'cleanup' }));
  }

  /** Resolves when it is worth another look whether there is room. */
  room(): Promise<void> {
    return nextTurn();
  }

  /** Refuses every further command. The first reason stays. */
  close(reason: PanoptesError): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    tellAll(this.#listeners, (listener) => listener(reason));
  }

  /** Why every command is refused, if it is. */
  get closed(): PanoptesError | undefined {
    return this.#closed ?? this.#readOnly;
  }

  /** Whether it takes no more, for good. */
  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /** Refuses commands of callers until it is told otherwise; those that wait go on. */
  setReadOnly(reason: PanoptesError | undefined): void {
    this.#readOnly = reason;
  }

  /** The same, and ends what hands in more and more. */
  interrupt(reason: PanoptesError): void {
    this.#readOnly = reason;
    tellAll([...this.#listeners], (listener) => listener(reason));
  }

  /** Takes what a replica's primary has committed. */
  replicate(
    command: ReplicatedTransaction,
    at: number,
    resolve: QueuedCommand['resolve'],
    reject: QueuedCommand['reject'],
  ): void {
    if (this.#closed !== undefined) return reject(this.#closed);
    const came = this.#scheduleTurn();
    this.#queue.add({ command, at, came, resolve, reject });
  }

  /** Calls a listener when the intake closes. Returns what makes that undone. */
  whenClosed(listener: (reason: PanoptesError) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Notes the time at which what comes in now is handed in, by which it is read.
   *
   * @throws {ConfigError} when the clock tells no time
   */
  look(): number {
    const at = this.#now();
    this.#times.note(at);
    return at;
  }

  /**
   * Takes a command whose outcome is told to one of two functions.
   *
   * @param prepare - makes the command, given the time, if it is let in
   */
  post(
    prepare: (at: number) => Command,
    resolve: QueuedCommand['resolve'],
    reject: QueuedCommand['reject'],
  ): void {
    const refusal = this.closed ?? this.#queue.refusal('reject');
    if (refusal !== undefined) return this.#refuse(refusal, reject);
    let at: number;
    let command: Command;
    try {
      at = this.look();
      command = prepare(at);
    } catch (error) {
      return this.#refuse(refusalFor(error), reject);
    }
    this.#enter(command, at, resolve, reject);
  }

  #admit<Result>(prepare: (at: number) => Command): Promise<Result> {
    const promise = new Promise<Result>(hold);
    const { resolve, reject } = held;
    try {
      this.post(prepare, resolve, reject);
    } catch (bug) {
      reject(bug);
    }
    return promise;
  }

  #enter(
    command: Command,
    at: number,
    resolve: QueuedCommand['resolve'],
    reject: QueuedCommand['reject'],
  ): void {
    const { closed } = this;
    if (closed !== undefined) {
      // By a getter of the caller's, while its object was read.
      releaseEntries(command, this.#staging);
      return this.#refuse(closed, reject);
    }
    // First: a command that waits for a turn that was not asked for would wait for ever.
    const came = this.#scheduleTurn();
    this.#queue.add({ command, at, came, resolve, reject });
  }

  #refuse(error: PanoptesError, reject: QueuedCommand['reject']): void {
    this.#counters.rejected++;
    reject(error);
  }
}

/** What the intake depends on. */
export interface CommandIntakeDeps {
  readonly queue: CommandQueue;
  readonly staging: Staging;
  readonly counters: Pick<RegistryCounters, 'rejected'>;
  readonly maxBatchChanges: number;
  /** Unix milliseconds. It may throw. */
  readonly now: () => number;
  /** What the time is noted in by which entries are read. */
  readonly times: TimeBound;
  /** Asks for a turn of the commands that wait. Returns when the last of them came. */
  readonly scheduleTurn: () => Arrival;
}

type Settling = Pick<QueuedCommand, 'resolve' | 'reject'>;

/** What settles the promise that was made last. */
const held = {} as { -readonly [Name in keyof Settling]: Settling[Name] };

/** Handed to each promise, so that none is handed a function of its own, with all that it holds on to. */
function hold(resolve: (result: never) => void, reject: (error: unknown) => void): void {
  held.resolve = resolve as QueuedCommand['resolve'];
  held.reject = reject;
}
