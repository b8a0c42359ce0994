import { type EntryDraft, peerEncoder } from './entry-encoder.js';
import { ConnectionBrokenError } from '../connection-errors.js';
import { encodedEntries } from './encoded-entry-check.js';
import {
  type EntryMemory,
  copyWords,
  entryHeadroom,
  entryMemory,
  maxEntryBytes,
} from './entry-layout.js';
import { type PlacedEntry, entryLength } from './entry-reader.js';
import { type NumberPatch, overwriteEntry } from './number-patch.js';
import type { TimeBound } from './time-bound.js';

/**
 * Where entries wait, encoded, between the call that brought them and their commit: a caller may
 * change its objects as soon as the call has returned, and waiting costs no heap. Chunks are filled
 * one after another and used again when all that they hold has been committed or refused.
 */
export class Staging {
  #current = new StagingChunk();
  readonly #spare: StagingChunk[] = [];
  readonly #times: TimeBound;
  readonly #now: () => number;

  constructor(times: TimeBound) {
    this.#times = times;
    this.#now = () => times.now;
  }

  /**
   * Checks and encodes an entry, filled in with defaults where it leaves something out, and holds its
   * times to the bound.
   *
   * @param known - the peer's entry that it was made of, if it was
   * @throws {PeerValidationError} naming a bad field; nothing is staged then
   */
  stage(entry: unknown, known?: PlacedEntry): StagedEntry {
    return this.#write(peerEncoder.read(entry, this.#now), known);
  }

  /** The same, but refuses an entry that is not whole. */
  stageWhole(entry: unknown, known: PlacedEntry): StagedEntry {
    return this.#write(peerEncoder.read(entry), known);
  }

  /**
   * Copies a peer's entry with a patch over it that it fits, and holds its times to the bound.
   *
   * @throws {PeerValidationError} naming a bad time; nothing is staged then
   */
  stagePatched(patch: NumberPatch, known: PlacedEntry, nodeId: string): StagedEntry {
    const chunk = this.#chunk();
    const base = chunk.used;
    const length = entryLength(known.memory, known.base);
    copyWords(known.memory, known.base, chunk.memory, base, length);
    overwriteEntry(patch, chunk.memory, base);
    this.#times.hold(chunk.memory, base, known);
    return chunk.take(length, nodeId);
  }

  /**
   * Takes over an entry that another thread has encoded: copies it, and then checks the copy.
   *
   * @throws {ConnectionBrokenError} when the encoder would not have written it
   * @throws {PeerValidationError} naming a bad time; nothing is staged either way
   */
  stageEncoded(source: EncodedSource): StagedEntry {
    const { bodyBytes } = source;
    const { memory, used: base } = this.#chunk();
    if (bodyBytes > maxEntryBytes) {
      throw new ConnectionBrokenError('an entry came that is too long');
    }
    source.copyBody(memory, base);
    const nodeId = encodedEntries.check(memory, base, bodyBytes, this.#now);
    this.#times.hold(memory, base);
    return this.#current.take(bodyBytes, nodeId);
  }

  /** A getter of the caller's may have staged entries of its own, so the place is chosen after it. */
  #write(draft: EntryDraft, known: PlacedEntry | undefined): StagedEntry {
    const nodeId = draft.first as string;
    const chunk = this.#chunk();
    const base = chunk.used;
    const length = peerEncoder.write(draft, chunk.memory, base);
    this.#times.hold(chunk.memory, base, known);
    return chunk.take(length, nodeId);
  }

  /** Gives back an entry's place. */
  release({ chunk }: StagedEntry): void {
    if (--chunk.pending > 0) return;
    chunk.used = 0;
    if (chunk !== this.#current && this.#spare.length < spareChunks) this.#spare.push(chunk);
  }

  /** A chunk that takes any entry. */
  #chunk(): StagingChunk {
    if (this.#current.used + entryHeadroom > chunkBytes) {
      this.#current = this.#spare.pop() ?? new StagingChunk();
    }
    return this.#current;
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

  /** Keeps what was written behind the entries that it holds. */
  take(length: number, nodeId: string): StagedEntry {
    const base = this.used;
    this.used += length;
    this.pending++;
    return { chunk: this, memory: this.memory, base, nodeId };
  }
}

/** Where an entry comes from that another thread has encoded. */
export interface EncodedSource {
  /** Its length. */
  readonly bodyBytes: number;
  /** Copies it to a place. Called once. */
  copyBody(memory: EntryMemory, base: number): void;
}

/** An encoded entry that waits in the staging area. */
export interface StagedEntry {
  readonly chunk: StagingChunk;
  readonly memory: EntryMemory;
  readonly base: number;
  /** Whose it is, as it was encoded. */
  readonly nodeId: string;
}
