import { packedError } from '../error-copy.js';
import type { RecordWriter } from '../log/record-ring.js';
import { type EntryMemory, copyWords } from '../peers/entry-layout.js';
import { entryLength } from '../peers/entry-reader.js';
import type { PeerTable } from '../peers/peer-table.js';
import { ResultKind, batchChanges, mostResultBytes } from './caller-record.js';
import type { BatchResult, CommandResult } from './commands.js';

/** What a caller on another thread is told: an outcome, why there is none, or the peer that it asks for. */
export type CallerAnswer =
  CommandResult<'added' | 'updated' | 'removed'> | BatchResult | Error | PeerLookup;

/** The question for a peer, which is answered with what it is when the answer is written. */
export interface PeerLookup {
  readonly asksFor: string;
}

/** An answer for which there was no room yet. */
export interface LateAnswer {
  readonly id: number;
  readonly answer: CallerAnswer;
}

/** Writes what callers are told into the memory that their threads share. */
export class AnswerWriter {
  readonly #memory: EntryMemory;
  readonly #records: RecordWriter;
  readonly #table: PeerTable;

  constructor(memory: EntryMemory, records: RecordWriter, table: PeerTable) {
    this.#memory = memory;
    this.#records = records;
    this.#table = table;
  }

  /**
   * Writes an answer.
   *
   * @returns false when there is no room now
   * @throws {RecordRingError} when what the reader says cannot be
   */
  write(id: number, answer: CallerAnswer): boolean {
    if (answer instanceof Error) return this.#writeError(id, answer);
    if ('asksFor' in answer) return this.#writePeer(id, answer.asksFor);
    if ('added' in answer) return this.#writeBatch(id, answer);
    const at = this.#records.place(8);
    if (at < 0) return false;
    this.#memory.f64[at >>> 3] = answer.seq;
    this.#records.write(ResultKind[answer.change], id, 8);
    return true;
  }

  #writeBatch(id: number, result: BatchResult): boolean {
    const { seq, added, updated, removed, evicted } = result;
    const bytes = 8 * 6;
    const at = this.#records.place(bytes);
    if (at < 0) return false;
    const numbers = [seq, added, updated, removed, evicted, batchChanges.indexOf(result.change)];
    this.#memory.f64.set(numbers, at >>> 3);
    this.#records.write(ResultKind.batched, id, bytes);
    return true;
  }

  #writePeer(id: number, nodeId: string): boolean {
    const slot = this.#table.identities.withNodeId(nodeId);
    const memory = slot === undefined ? undefined : this.#table.memoryOf(slot);
    const base = slot === undefined ? 0 : this.#table.baseOf(slot);
    const bytes = memory === undefined ? 0 : entryLength(memory, base);
    const at = this.#records.place(bytes);
    if (at < 0) return false;
    if (memory !== undefined) copyWords(memory, base, this.#memory, at, bytes);
    this.#records.write(ResultKind.found, id, bytes);
    return true;
  }

  #writeError(id: number, error: Error): boolean {
    const packed = packedError(error, mostResultBytes - 8);
    const bytes = 8 + ((packed.length + 7) & ~7);
    const at = this.#records.place(bytes);
    if (at < 0) return false;
    this.#memory.u32[at >>> 2] = packed.length;
    this.#memory.u8.set(packed, at + 8);
    this.#records.write(ResultKind.refused, id, bytes);
    return true;
  }
}
