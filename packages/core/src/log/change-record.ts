import { writePatch } from '../peers/entry-diff.js';
import { copyWords } from '../peers/entry-layout.js';
import type { PeerTable } from '../peers/peer-table.js';
import { FLAG_MORE } from './log-layout.js';
import type { LogWriter } from './log-writer.js';
import type { Change, UpdateChange } from './transaction.js';

/**
 * Writes decided changes to a log: the change log, or the one of proposals.
 *
 * A record is one peer's change: the header says what happened, why and when, the payload is the entry in
 * the form of `entry-layout.ts`, and behind the new entry of an update stands the patch of
 * `entry-diff.ts`, which turns it back into the old one.
 */
export class ChangeRecorder {
  readonly #table: PeerTable;
  readonly #writer: LogWriter;

  constructor(table: PeerTable, writer: LogWriter) {
    this.#table = table;
    this.#writer = writer;
  }

  /**
   * Writes one change of transaction `seq`; the table must still be as it was decided.
   *
   * @param time - when its command was handed in, in Unix milliseconds
   */
  write(change: Change, seq: number, time: number, more: boolean): void {
    const flags = more ? FLAG_MORE : 0;
    switch (change.kind) {
      case 'add': {
        const { memory, base } = change.entry;
        const at = this.#writer.begin(recordKind.added, 0, flags, seq, change.payloadBytes, time);
        copyWords(memory, base, this.#writer, at, change.payloadBytes);
        break;
      }
      case 'update':
        this.#update(change, seq, time, flags);
        break;
      case 'remove': {
        const { slot, payloadBytes } = change;
        const reason = removalReasons.indexOf(change.reason);
        const at = this.#writer.begin(recordKind.removed, reason, flags, seq, payloadBytes, time);
        copyWords(
          this.#table.memoryOf(slot),
          this.#table.baseOf(slot),
          this.#writer,
          at,
          payloadBytes,
        );
      }
    }
  }

  #update(
    { entry, diff, slot, payloadBytes }: UpdateChange,
    seq: number,
    time: number,
    flags: number,
  ): void {
    const at = this.#writer.begin(recordKind.updated, 0, flags, seq, payloadBytes, time);
    const length = payloadBytes - diff.patchBytes;
    copyWords(entry.memory, entry.base, this.#writer, at, length);
    writePatch(
      diff,
      this.#table.memoryOf(slot),
      this.#table.baseOf(slot),
      this.#writer,
      at + length,
    );
  }
}

/** The kinds of record, by the number in their header; 0 is padding. */
export const recordKinds = ['padding', 'PeerAdded', 'PeerUpdated', 'PeerRemoved'] as const;
export const recordKind = Object.freeze({ added: 1, updated: 2, removed: 3 } as const);

/** Why a peer was removed, by the number in the header; 0 where nothing was. */
export const removalReasons = ['none', 'requested', 'expired', 'evicted'] as const;
