import { ChangeRecorder, updateBytes, wholeEntryBytes } from '../log/change-record.js';
import { recordUnits } from '../log/log-memory.js';
import type { LogWriter } from '../log/log-writer.js';
import type { PeerTable } from '../peers/peer-table.js';
import type { Change } from './transaction.js';

/** Writes decided changes to a log, be it the change log or the one of proposals. */
export class ChangeWriter {
  readonly #table: PeerTable;
  readonly #writer: LogWriter;
  readonly #recorder: ChangeRecorder;

  constructor(table: PeerTable, writer: LogWriter) {
    this.#table = table;
    this.#writer = writer;
    this.#recorder = new ChangeRecorder(writer);
  }

  /** Bytes that a change's payload takes. */
  payloadBytes(change: Change): number {
    if (change.kind === 'remove') {
      return wholeEntryBytes(this.#table.memoryOf(change.slot), this.#table.baseOf(change.slot));
    }
    const { memory, base } = change.entry;
    return change.kind === 'add'
      ? wholeEntryBytes(memory, base)
      : updateBytes(memory, base, change.diff);
  }

  /** Units that the records of a transaction take together, padding aside. */
  units(changes: readonly Change[]): number {
    let units = 0;
    for (const change of changes) units += recordUnits(this.payloadBytes(change));
    return units;
  }

  /** Whether the log takes a transaction now, without overrunning a reader that is waited for. */
  fits(changes: readonly Change[]): boolean {
    const units =
      changes.length === 1
        ? this.#writer.singleUnits(this.payloadBytes(changes[0]!))
        : this.#writer.transactionUnits(changes.map((change) => this.payloadBytes(change)));
    return this.#writer.fits(units);
  }

  /** Writes one change of transaction `seq`; the table must still be as it was decided. */
  write(change: Change, seq: number, more: boolean): void {
    const table = this.#table;
    switch (change.kind) {
      case 'add':
        this.#recorder.added(seq, more, change.entry.memory, change.entry.base);
        break;
      case 'update': {
        const { slot, diff } = change;
        const { memory, base } = change.entry;
        const old = table.memoryOf(slot);
        this.#recorder.updated(seq, more, memory, base, diff, old, table.baseOf(slot));
        break;
      }
      case 'remove': {
        const { slot, reason } = change;
        this.#recorder.removed(seq, more, table.memoryOf(slot), table.baseOf(slot), reason);
      }
    }
  }
}
