import { peerEncoder } from './entry-encoder.js';
import { type EntryMemory, entryHeadroom, entryMemory } from './entry-layout.js';
import type { PlacedEntry, TimeBound } from './time-bound.js';

/**
 * Where entries wait, encoded, between the call that brought them and their commit: a caller may
 * change its objects as soon as the call has returned, and waiting costs no heap. Chunks are filled
 * one after another and used again when all that they hold has been committed or refused.
 */
export class Staging {
  #current = new StagingChunk();
  readonly #spare: StagingChunk[] = [];
  readonly #times: TimeBound;

  constructor(times: TimeBound) {
    this.#times = times;
  }

  /**
   * Checks and encodes an entry, and holds its times to the bound.
   *
   * @param known - the peer's entry that it was made of, if it was
   * @throws {PeerValidationError} naming a bad field; nothing is staged then
   */
  stage(entry: unknown, known?: PlacedEntry): StagedEntry {
    // A getter of the caller's may stage entries of its own meanwhile, so the place is chosen after it.
    const draft = peerEncoder.read(entry);
    const nodeId = draft.first as string;
    if (this.#current.used + entryHeadroom > chunkBytes) this.#next();
    const chunk = this.#current;
    const base = chunk.used;
    const length = peerEncoder.write(draft, chunk.memory, base);
    this.#times.hold(chunk.memory, base, known);
    chunk.used += length;
    chunk.pending++;
    return { chunk, memory: chunk.memory, base, nodeId };
  }

  /** Gives back an entry's place. */
  release({ chunk }: StagedEntry): void {
    if (--chunk.pending > 0) return;
    chunk.used = 0;
    if (chunk !== this.#current && this.#spare.length < spareChunks) this.#spare.push(chunk);
  }

  #next(): void {
    this.#current = this.#spare.pop() ?? new StagingChunk();
  }
}

const chunkBytes = 1 << 20;
/** Empty chunks kept for the next commands; others go to the garbage collector. */
const spareChunks = 8;

class StagingChunk {
  readonly memory = entryMemory(new ArrayBuffer(chunkBytes));
  used = 0;
  /** Entries that are still wanted. */
  pending = 0;
}

/** An encoded entry that waits in the staging area. */
export interface StagedEntry {
  readonly chunk: StagingChunk;
  readonly memory: EntryMemory;
  readonly base: number;
  /** Whose it is, as it was encoded. */
  readonly nodeId: string;
}
