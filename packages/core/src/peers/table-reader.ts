import { PeerNotFoundError } from '../errors.js';
import type { EntryMemory } from './entry-layout.js';
import { type ByteRange, type EntryReader, type PlacedEntry, PlainReader } from './entry-reader.js';
import type { PeerTable } from './peer-table.js';

/**
 * Reads the entry of one peer in the table, wherever it lies by then: a peer that was changed is read as
 * it is now, and of one that was removed nothing is read, also when its slot is another peer's.
 */
export class TableReader implements EntryReader {
  readonly #table: PeerTable;
  readonly #slot: number;
  readonly #generation: number;
  readonly #nodeId: string | undefined;

  /** @param nodeId - the peer's, if it is at hand, for the message of an error */
  constructor(table: PeerTable, slot: number, nodeId?: string) {
    this.#table = table;
    this.#slot = slot;
    this.#generation = table.generationOf(slot);
    this.#nodeId = nodeId;
  }

  bits(): number {
    return this.#memory().u32[(this.#table.baseOf(this.#slot) >>> 2) + 1]!;
  }

  number(slot: number): number {
    return this.#memory().f64[(this.#table.baseOf(this.#slot) >>> 3) + slot]!;
  }

  locate(slot: number, range: ByteRange): void {
    located.at(this.#memory(), this.#table.baseOf(this.#slot)).locate(slot, range);
  }

  place(): PlacedEntry {
    return located.at(this.#memory(), this.#table.baseOf(this.#slot));
  }

  /** @throws {PeerNotFoundError} when the peer has been removed */
  #memory(): EntryMemory {
    if (this.#table.generationOf(this.#slot) === this.#generation) {
      return this.#table.memoryOf(this.#slot);
    }
    const whose = this.#nodeId === undefined ? 'the peer' : `peer '${this.#nodeId}'`;
    throw new PeerNotFoundError(
      `${whose} has been removed since this view of it was made; copy what is needed longer with ` +
        `toObject(), or look it up again`,
    );
  }
}

const located = new PlainReader();
