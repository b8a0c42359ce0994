import { unpackedError } from '../error-copy.js';
import { RecordReader, type RecordRing, fillerKind } from '../log/record-ring.js';
import { entryMemory } from '../peers/entry-layout.js';
import { decodeEntry } from '../peers/entry-view.js';
import { ResultKind, batchChanges, mostResultBytes } from './caller-record.js';
import type { QueuedCommand } from './command-queue.js';

/** The commands of a caller that wait for their outcome, and where the outcomes come from. */
export class CallerOutcomes {
  readonly #records: RecordReader;
  readonly #memory = entryMemory(new ArrayBuffer(mostResultBytes));
  readonly #waiting = new Map<number, Waiter>();
  #lastId = 0;

  constructor(ring: RecordRing) {
    this.#records = new RecordReader(ring);
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Notes that someone waits. Returns the number of the command. */
  add(waiter: Waiter): number {
    this.#lastId = (this.#lastId + 1) >>> 0;
    this.#waiting.set(this.#lastId, waiter);
    return this.#lastId;
  }

  /**
   * Tells those whose outcomes have come.
   *
   * @returns whether so much was taken that the registry may be waiting for the room
   * @throws {RecordRingError} when what came is no outcome: other code of this thread writes there
   */
  take(): boolean {
    while (this.#records.find()) {
      const { kind, id } = this.#records;
      if (kind !== fillerKind) this.#tell(kind, id);
      this.#records.advance();
    }
    return this.#records.publish();
  }

  /** The one that waits for an outcome, which does not wait any longer. */
  remove(id: number): Waiter | undefined {
    const waiter = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiter;
  }

  /** Tells all that wait that there will be no outcome. */
  rejectAll(reason: Error): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(reason);
  }

  #tell(kind: number, id: number): void {
    if (!this.#waiting.has(id)) return;
    // First: who waits for what cannot be read goes on waiting, and is told why with all others.
    const outcome = this.#outcomeOf(kind);
    const waiter = this.remove(id);
    if (kind === ResultKind.refused) waiter?.reject(outcome);
    else waiter?.resolve(outcome);
  }

  /** What the record that was found says. */
  #outcomeOf(kind: number): unknown {
    const { f64, u32, u8 } = this.#memory;
    this.#records.copyBody(this.#memory, 0);
    const seq = f64[0]!;
    switch (kind) {
      case ResultKind.unchanged:
        return { seq, change: 'unchanged' };
      case ResultKind.added:
        return { seq, change: 'added' };
      case ResultKind.updated:
        return { seq, change: 'updated' };
      case ResultKind.removed:
        return { seq, change: 'removed' };
      case ResultKind.batched: {
        const [added, updated, removed, evicted, change] = f64.subarray(1, 6);
        return { seq, change: batchChanges[change!], added, updated, removed, evicted };
      }
      case ResultKind.found:
        return this.#records.bodyBytes === 0 ? undefined : decodeEntry(this.#memory, 0);
      case ResultKind.refused:
        return unpackedError(u8.subarray(8, 8 + u32[0]!));
      default:
        throw new Error(`an outcome came of no known kind (${kind})`);
    }
  }
}

/** Who waits for the outcome of a command. */
export type Waiter = Pick<QueuedCommand, 'resolve' | 'reject'>;
