import { BatchError, PanoptesError, PeerValidationError } from '../errors.js';
import type { PeerEntry } from '../peers/peer-entry.js';
import type { PeerPatch } from '../peers/peer-patch.js';
import type { RegistryCounters } from '../stats/registry-counters.js';
import type { BatchStep, BatchUpdate } from './batch-update.js';
import type {
  BatchResult,
  Command,
  CommandResult,
  Step,
  UpdateFunction,
  UpdateTarget,
} from './commands.js';
import { stagedEntries } from './commands.js';
import type { StagedEntry, Staging } from './staging.js';
import type { Waiting, WaitingRoom, WhenFull } from './waiting-room.js';

/** What the desk works with. */
export interface DeskParts {
  readonly waitingRoom: WaitingRoom;
  readonly staging: Staging;
  readonly counters: RegistryCounters;
  readonly maxBatchChanges: number;
  /** Asks for a turn of the commands that wait. */
  readonly scheduleTurn: () => void;
}

/**
 * Where callers hand in their commands: checks and encodes what they bring, and gives them a promise
 * for it. What is not a command at all is refused here, before it takes a place in the waiting room.
 */
export class CommandDesk {
  readonly #waitingRoom: WaitingRoom;
  readonly #staging: Staging;
  readonly #counters: RegistryCounters;
  readonly #maxBatchChanges: number;
  readonly #scheduleTurn: () => void;
  #closed: PanoptesError | undefined;

  constructor(parts: DeskParts) {
    this.#waitingRoom = parts.waitingRoom;
    this.#staging = parts.staging;
    this.#counters = parts.counters;
    this.#maxBatchChanges = parts.maxBatchChanges;
    this.#scheduleTurn = parts.scheduleTurn;
  }

  upsert(
    peer: PeerEntry,
    allowIdentityChange: boolean,
    whenFull: WhenFull,
  ): Promise<CommandResult<'added' | 'updated'>> {
    return new Promise((resolve, reject) => {
      this.#upsert(peer, allowIdentityChange, whenFull, resolve as Waiting['resolve'], reject);
    });
  }

  /** An upsert whose outcome is told to one of two functions instead of a promise. */
  postUpsert(
    peer: PeerEntry,
    allowIdentityChange: boolean,
    resolve: Waiting['resolve'],
    reject: Waiting['reject'],
  ): void {
    this.#upsert(peer, allowIdentityChange, 'reject', resolve, reject);
  }

  /** Whether one more command would be refused because too many wait. */
  get isFull(): boolean {
    return this.#closed === undefined && this.#waitingRoom.refusal('reject') !== undefined;
  }

  remove(nodeId: string): Promise<CommandResult<'removed'>> {
    return this.#admit(() => ({ kind: 'remove', nodeId: checkNodeId(nodeId) }));
  }

  update(
    target: UpdateTarget,
    change: PeerPatch | UpdateFunction,
  ): Promise<CommandResult<'updated'>> {
    return this.#admit(() => ({
      kind: 'update',
      target: checkTarget(target),
      change,
      otherwise: undefined,
      allowIdentityChange: false,
    }));
  }

  updateOrInsert(
    peer: PeerEntry,
    change: PeerPatch | UpdateFunction,
  ): Promise<CommandResult<'added' | 'updated'>> {
    return this.#admit(() => {
      const entry = this.#staging.stage(peer);
      const { nodeId } = peer.peerId;
      return {
        kind: 'update',
        target: { nodeId },
        change,
        otherwise: { nodeId, entry },
        allowIdentityChange: false,
      };
    });
  }

  batch(batch: BatchUpdate): Promise<BatchResult> {
    return this.#admit(() => ({ kind: 'batch', steps: this.#stageSteps(batch.steps) }));
  }

  sweepExpired(): Promise<BatchResult> {
    return this.#admit(() => ({ kind: 'cleanup' }));
  }

  /** Refuses every further command. The first reason stays. */
  close(reason: PanoptesError): void {
    this.#closed ??= reason;
  }

  #admit<Result>(prepare: () => Command): Promise<Result> {
    return new Promise((resolve, reject) => {
      const refusal = this.#closed ?? this.#waitingRoom.refusal('reject');
      if (refusal !== undefined) return this.#refuse(refusal, reject);
      let command: Command;
      try {
        command = prepare();
      } catch (error) {
        return this.#refuse(refusalFor(error), reject);
      }
      this.#enter(command, resolve as Waiting['resolve'], reject);
    });
  }

  /** The one command that comes in masses: written so that it makes no functions on its way in. */
  #upsert(
    peer: PeerEntry,
    allowIdentityChange: boolean,
    whenFull: WhenFull,
    resolve: Waiting['resolve'],
    reject: Waiting['reject'],
  ): void {
    const refusal = this.#closed ?? this.#waitingRoom.refusal(whenFull);
    if (refusal !== undefined) return this.#refuse(refusal, reject);
    let entry: StagedEntry | undefined;
    let nodeId: string;
    try {
      entry = this.#staging.stage(peer);
      ({ nodeId } = peer.peerId);
    } catch (error) {
      // An object may also show itself once and throw the next time.
      if (entry !== undefined) this.#staging.release(entry);
      return this.#refuse(refusalFor(error), reject);
    }
    this.#enter({ kind: 'upsert', nodeId, entry, allowIdentityChange }, resolve, reject);
  }

  #enter(command: Command, resolve: Waiting['resolve'], reject: Waiting['reject']): void {
    this.#waitingRoom.add({ command, resolve, reject });
    this.#scheduleTurn();
  }

  #refuse(error: PanoptesError, reject: Waiting['reject']): void {
    this.#counters.rejected++;
    reject(error);
  }

  #stageSteps(steps: readonly BatchStep[]): Step[] {
    if (steps.length > this.#maxBatchChanges) {
      throw new BatchError(
        `a batch holds at most ${this.#maxBatchChanges} changes (maxBatchChanges), ` +
          `got ${steps.length}; split it or raise the limit`,
        undefined,
      );
    }
    const staged: Step[] = [];
    try {
      for (const step of steps) staged.push(this.#stageStep(step));
      return staged;
    } catch (cause) {
      for (const step of staged) {
        for (const entry of stagedEntries(step)) this.#staging.release(entry);
      }
      const position = staged.length;
      const { message } = cause as Error;
      throw new BatchError(`change ${position} of the batch is refused: ${message}`, position, {
        cause,
      });
    }
  }

  #stageStep(step: BatchStep): Step {
    switch (step.kind) {
      case 'upsert': {
        const entry = this.#staging.stage(step.peer);
        const { nodeId } = step.peer.peerId;
        return { kind: 'upsert', nodeId, entry, allowIdentityChange: false };
      }
      case 'update':
        return {
          kind: 'update',
          target: { nodeId: checkNodeId(step.nodeId) },
          change: step.patch,
          otherwise: undefined,
          allowIdentityChange: false,
        };
      case 'remove':
        return { kind: 'remove', nodeId: checkNodeId(step.nodeId) };
    }
  }
}

/** What a caller is told: an object of theirs may also throw while it is read. */
function refusalFor(error: unknown): PanoptesError {
  if (error instanceof PanoptesError) return error;
  return new PeerValidationError('peer', 'an object whose fields can be read', undefined, {
    cause: error,
  });
}

/** What is no identity must not come to its turn: a decision may not fail. */
function checkTarget(target: UpdateTarget): UpdateTarget {
  if ('nodeId' in target) checkNodeId(target.nodeId);
  else if ('did' in target) checkText('peerId.did', target.did);
  else if (!(target.publicKey instanceof Uint8Array)) {
    checkText('peerId.publicKey', target.publicKey);
  }
  return target;
}

function checkText(field: string, value: unknown): void {
  if (typeof value !== 'string') throw new PeerValidationError(field, 'text', value);
}

function checkNodeId(nodeId: unknown): string {
  if (typeof nodeId === 'string') return nodeId;
  throw new PeerValidationError('peerId.nodeId', 'text', nodeId);
}
