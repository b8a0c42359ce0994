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
    const { f64, u32, u8 } = this.#memory;
    this.#records.copyBody(this.#memory, 0);
    const waiter = this.remove(id);
    if (waiter === undefined) return;
    const seq = f64[0]!;
    switch (kind) {
      case ResultKind.unchanged:
        return waiter.resolve({ seq, change: 'unchanged' });
      case ResultKind.added:
        return waiter.resolve({ seq, change: 'added' });
      case ResultKind.updated:
        return waiter.resolve({ seq, change: 'updated' });
      case ResultKind.removed:
        return waiter.resolve({ seq, change: 'removed' });
      case ResultKind.batched: {
        const [added, updated, removed, evicted, change] = f64.subarray(1, 6);
        const counts = { added, updated, removed, evicted };
        return waiter.resolve({ seq, change: batchChanges[change!], ...counts });
      }
      case ResultKind.found:
        return waiter.resolve(
          this.#records.bodyBytes === 0 ? undefined : decodeEntry(this.#memory, 0),
        );
      default:
        return waiter.reject(unpackedError(u8.subarray(8, 8 + u32[0]!)));
    }
  }
}

/** Who waits for the outcome of a command. */
export type Waiter = Pick<QueuedCommand, 'resolve' | 'reject'>;
