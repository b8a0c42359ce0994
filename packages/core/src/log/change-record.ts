import { type EntryDiff, writePatch } from '../peers/entry-diff.js';
import { copyWords, type EntryMemory } from '../peers/entry-layout.js';
import { entryLength } from '../peers/entry-reader.js';
import type { RemovalReason } from '../registry/events.js';
import { FLAG_MORE } from './log-layout.js';
import type { LogWriter } from './log-writer.js';

/*
 * One peer's change as a record of the log: the header says what happened and why, the payload is
 * the entry in the form of `entry-layout.ts`, and behind the new entry of an update stands the patch
 * of `entry-diff.ts`, which turns it back into the old one.
 */

/** The kinds of record, by the number in their header; 0 is padding. */
export const recordKinds = ['padding', 'PeerAdded', 'PeerUpdated', 'PeerRemoved'] as const;
export const recordKind = { added: 1, updated: 2, removed: 3 } as const;

/** Why a peer was removed, by the number in the header; 0 where nothing was. */
export const removalReasons = ['none', 'requested', 'expired', 'evicted'] as const;

/** Bytes of the payload for an entry that is added or removed. */
export const wholeEntryBytes = (memory: EntryMemory, base: number): number =>
  entryLength(memory, base);

/** Bytes of the payload for an update. */
export const updateBytes = (memory: EntryMemory, base: number, diff: EntryDiff): number =>
  entryLength(memory, base) + diff.patchBytes;

/** Writes the records of one transaction after another. */
export class ChangeRecorder {
  readonly #writer: LogWriter;

  constructor(writer: LogWriter) {
    this.#writer = writer;
  }

  added(seq: number, more: boolean, memory: EntryMemory, base: number): void {
    this.#whole(recordKind.added, 0, seq, more, memory, base);
  }

  removed(
    seq: number,
    more: boolean,
    memory: EntryMemory,
    base: number,
    reason: RemovalReason,
  ): void {
    this.#whole(recordKind.removed, removalReasons.indexOf(reason), seq, more, memory, base);
  }

  updated(
    seq: number,
    more: boolean,
    now: EntryMemory,
    nowBase: number,
    diff: EntryDiff,
    old: EntryMemory,
    oldBase: number,
  ): void {
    const length = entryLength(now, nowBase);
    const flags = more ? FLAG_MORE : 0;
    const at = this.#writer.begin(recordKind.updated, 0, flags, seq, length + diff.patchBytes);
    copyWords(now, nowBase, this.#writer, at, length);
    writePatch(diff, old, oldBase, this.#writer, at + length);
  }

  #whole(
    kind: number,
    reason: number,
    seq: number,
    more: boolean,
    memory: EntryMemory,
    base: number,
  ): void {
    const length = entryLength(memory, base);
    const at = this.#writer.begin(kind, reason, more ? FLAG_MORE : 0, seq, length);
    copyWords(memory, base, this.#writer, at, length);
  }
}
