import type { PanoptesError } from '../errors.js';
import { PeerValidationError } from '../errors.js';
import { peerEncoder } from '../peers/entry-encoder.js';
import { type EntryMemory, copyWords, entryHeadroom, entryMemory } from '../peers/entry-layout.js';
import { writeFieldPatch } from '../peers/field-patch-units.js';
import { writeNumberPatch } from '../peers/number-patch-units.js';
import type { OwnPatch } from '../peers/own-patch.js';
import type { PeerInput } from '../peers/peer-entry.js';
import { refusalFor } from '../peers/refusal.js';
import { UnitWriter } from '../peers/unit-stream.js';
import { readSteps } from './batch-steps.js';
import type { BatchUpdate } from './batch-update.js';
import type { Waiter } from './caller-outcomes.js';
import { CommandKind, changeForms, mostCommandBytes, targetNames } from './caller-record.js';
import type { CallerSender } from './caller-sender.js';
import type { WhenFull } from './command-queue.js';
import { type Step, type UpdateStep, type UpdateTarget, updateStep } from './commands.js';
import type { UpsertIntake } from './upsert-intake.js';
import type { UpsertSettings } from './upsert-options.js';

/**
 * Where a caller on a thread of its own hands in its commands: checks and encodes what it brings, there,
 * and sends it. What is no command at all is refused here.
 */
export class CallerCommands implements UpsertIntake {
  readonly #sender: CallerSender;
  readonly #maxBatchChanges: number;
  readonly #units = new UnitWriter(mostCommandBytes + entryHeadroom);

  constructor(sender: CallerSender, maxBatchChanges: number) {
    this.#sender = sender;
    this.#maxBatchChanges = maxBatchChanges;
  }

  get closed(): PanoptesError | undefined {
    return this.#sender.closed;
  }

  get isFull(): boolean {
    return this.closed === undefined && this.#sender.refusal('reject') !== undefined;
  }

  room(): Promise<void> {
    return this.#sender.moved();
  }

  whenClosed(listener: (reason: PanoptesError) => void): () => void {
    return this.#sender.whenClosed(listener);
  }

  postUpsert(
    peer: PeerInput,
    { allowIdentityChange, whenFull }: UpsertSettings,
    resolve: Waiter['resolve'],
    reject: Waiter['reject'],
  ): void {
    const refusal = this.#sender.refusal(whenFull);
    if (refusal !== undefined) return reject(refusal);
    const { memory } = this.#units;
    let bytes: number;
    try {
      bytes = peerEncoder.encode(peer, memory, 0, notSaid);
    } catch (error) {
      return reject(refusalFor(error));
    }
    // A getter of the caller's may have closed the connection.
    if (this.closed !== undefined) return reject(this.closed);
    const kind = allowIdentityChange ? CommandKind.replace : CommandKind.upsert;
    this.#sender.send(kind, this.#sender.expect({ resolve, reject }), memory, bytes);
  }

  /** Sends a question for a peer. */
  get(whenFull: WhenFull, nodeId: () => string): Promise<unknown> {
    return this.#send(whenFull, () => {
      this.#begin().text(nodeId());
      return CommandKind.get;
    });
  }

  /** @param step - makes it, if it is let in */
  step(whenFull: WhenFull, step: () => Step<EncodedEntry>): Promise<unknown> {
    return this.#send(whenFull, () => this.#write(step()));
  }

  batch(whenFull: WhenFull, batch: BatchUpdate): Promise<unknown> {
    let steps: readonly Step<EncodedEntry>[] = [];
    return this.#send(
      whenFull,
      () => {
        steps = readSteps(
          batch,
          this.#maxBatchChanges,
          (entry) => this.#encoded(entry),
          () => undefined,
        );
        return CommandKind.batch;
      },
      () => {
        for (const step of steps) {
          const kind = CommandKind.step | this.#write(step);
          this.#sender.send(kind, 0, this.#units.memory, this.#units.length);
        }
        this.#begin().words(steps.length);
      },
    );
  }

  /** An update of a peer that is added when it is not known. */
  updateOrInsert(whenFull: WhenFull, peer: unknown, patch: () => OwnPatch): Promise<unknown> {
    let step: UpdateStep;
    let entry: EncodedEntry;
    return this.#send(
      whenFull,
      () => {
        const change = patch();
        entry = this.#encoded(peer);
        step = updateStep({ nodeId: entry.nodeId }, change);
        return CommandKind.updateOrInsert;
      },
      () => {
        const { memory, bytes } = entry;
        this.#sender.send(CommandKind.step | CommandKind.upsert, 0, memory, bytes);
        this.#write(step);
      },
    );
  }

  /** Removes expired peers, as many as one transaction may hold. */
  cleanup(whenFull: WhenFull): Promise<unknown> {
    return this.#send(whenFull, () => {
      this.#begin();
      return CommandKind.cleanup;
    });
  }

  /**
   * Sends a command.
   *
   * @param prepare - checks and writes it, and gives its kind
   * @param lead - sends what must come before it
   */
  #send(whenFull: WhenFull, prepare: () => number, lead?: () => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const refusal = this.#sender.refusal(whenFull);
      if (refusal !== undefined) return reject(refusal);
      let kind: number;
      try {
        kind = prepare();
      } catch (error) {
        return reject(refusalFor(error));
      }
      if (this.closed !== undefined) return reject(this.closed);
      const id = this.#sender.expect({ resolve, reject });
      lead?.();
      this.#sender.send(kind, id, this.#units.memory, this.#units.length);
    });
  }

  #begin(): UnitWriter {
    this.#units.length = 0;
    return this.#units;
  }

  /** Writes a step, and gives its kind. */
  #write(step: Step<EncodedEntry>): number {
    const units = this.#begin();
    switch (step.kind) {
      case 'upsert': {
        const { memory, bytes } = step.entry;
        copyWords(memory, 0, units.memory, 0, bytes);
        units.length = bytes;
        return CommandKind.upsert;
      }
      case 'remove':
        units.text(step.nodeId);
        return CommandKind.remove;
      case 'update':
        this.#writeUpdate(step);
        return CommandKind.update;
    }
  }

  #writeUpdate({ target, change }: UpdateStep): void {
    const patch = change as OwnPatch;
    this.#beginUpdate(target, 'numbers');
    if (patch.numbers !== undefined && writeNumberPatch(patch.numbers, this.#units)) return;
    try {
      this.#beginUpdate(target, 'fields');
      writeFieldPatch(patch, this.#units);
    } catch (error) {
      if (!(error instanceof PeerValidationError)) throw error;
      // Not yet: that the peer is not there, or that there are too many commands, comes first.
      this.#beginUpdate(target, 'refused');
      this.#units.text(error.field);
      this.#units.text(error.message);
    }
  }

  #beginUpdate(target: UpdateTarget, form: (typeof changeForms)[number]): void {
    const [[name, value]] = Object.entries(target) as [[(typeof targetNames)[number], string]];
    this.#begin().words(targetNames.indexOf(name), changeForms.indexOf(form));
    this.#units.text(value);
  }

  /** An entry of a batch, in memory of its own until all of them are known to be right. */
  #encoded(entry: unknown): EncodedEntry {
    const scratch = this.#units.memory;
    const draft = peerEncoder.read(entry, notSaid);
    const nodeId = draft.first as string;
    const bytes = peerEncoder.write(draft, scratch, 0);
    const memory = entryMemory(new ArrayBuffer(bytes));
    copyWords(scratch, 0, memory, 0, bytes);
    return { memory, bytes, nodeId };
  }
}

/** An encoded entry that is still with its caller. */
interface EncodedEntry {
  readonly memory: EntryMemory;
  readonly bytes: number;
  readonly nodeId: string;
}

/** What time it is the registry knows, whose clock need not be this machine's. */
const notSaid = (): number => NaN;
