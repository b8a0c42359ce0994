import { ChangeRecorder } from '../log/change-record.js';
import type { LogWriter } from '../log/log-writer.js';
import type { Change, Transaction } from '../log/transaction.js';
import type { PeerTable } from '../peers/peer-table.js';

/** Makes a decided transaction true: in the change log and in the table, both or neither. */
export class Committer {
  readonly #table: PeerTable;
  readonly #writer: LogWriter;
  readonly #recorder: ChangeRecorder;
  readonly #allows: () => boolean;

  /** @param allows - whether one more transaction may be written, for all that the log knows not of */
  constructor(table: PeerTable, writer: LogWriter, allows: () => boolean) {
    this.#table = table;
    this.#writer = writer;
    this.#recorder = new ChangeRecorder(table, writer);
    this.#allows = allows;
  }

  /** The last transaction's number; 0 before the first. */
  get seq(): number {
    return this.#writer.lastSeq;
  }

  /** Whether a transaction may be written now, without overrunning a reader that is waited for. */
  fits({ changes }: Transaction): boolean {
    return this.#allows() && this.#writer.fits(this.#writer.transactionUnits(changes));
  }

  /**
   * Writes and applies a transaction that fits; readers see it with the next `publish`.
   *
   * @param at - when its command was handed in
   */
  commit({ changes }: Transaction, at: number): number {
    const seq = this.#writer.lastSeq + 1;
    const last = changes.length - 1;
    for (let index = 0; index <= last; index++) {
      this.#recorder.write(changes[index]!, seq, at, index < last);
      this.#apply(changes[index]!);
    }
    return seq;
  }

  /** Lets readers see everything that was committed. */
  publish(): void {
    this.#writer.publish();
  }

  #apply(change: Change): void {
    switch (change.kind) {
      case 'add':
        this.#table.add(change.nodeId, change.entry.memory, change.entry.base, change.hashes);
        break;
      case 'update': {
        const { memory, base } = change.entry;
        this.#table.replace(change.slot, memory, base, change.diff);
        break;
      }
      case 'remove':
        this.#table.remove(change.slot);
    }
  }
}
