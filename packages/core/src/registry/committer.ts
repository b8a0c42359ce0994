import { TransactionTooLargeError } from '../errors.js';
import { ChangeRecorder, updateBytes, wholeEntryBytes } from '../log/change-record.js';
import { maxPayloadBytes, maxTransactionUnits, recordUnits } from '../log/log-memory.js';
import type { LogWriter } from '../log/log-writer.js';
import type { PeerTable } from '../peers/peer-table.js';
import type { Change } from './transaction.js';

/** Makes a decided transaction true: in the change log and in the table, both or neither. */
export class Committer {
  readonly #table: PeerTable;
  readonly #writer: LogWriter;
  readonly #recorder: ChangeRecorder;
  readonly #maxPayloadBytes: number;
  readonly #maxUnits: number;
  #seq = 0;

  constructor(table: PeerTable, writer: LogWriter) {
    this.#table = table;
    this.#writer = writer;
    this.#recorder = new ChangeRecorder(writer);
    this.#maxPayloadBytes = maxPayloadBytes(writer.u8.length);
    this.#maxUnits = maxTransactionUnits(writer.u8.length);
  }

  /** The last transaction's number; 0 before the first. */
  get seq(): number {
    return this.#seq;
  }

  /** Why the log can never take a transaction, whoever waits. */
  refusal(changes: readonly Change[]): TransactionTooLargeError | undefined {
    let units = 0;
    for (const change of changes) {
      const payload = this.#payloadBytes(change);
      if (payload > this.#maxPayloadBytes) return this.#tooLarge(payload, this.#maxPayloadBytes);
      units += recordUnits(payload);
    }
    return units > this.#maxUnits ? this.#tooLarge(8 * units, 8 * this.#maxUnits) : undefined;
  }

  /** Whether the log takes a transaction now, without overrunning a reader that is waited for. */
  fits(changes: readonly Change[]): boolean {
    const units =
      changes.length === 1
        ? this.#writer.singleUnits(this.#payloadBytes(changes[0]!))
        : this.#writer.transactionUnits(changes.map((change) => this.#payloadBytes(change)));
    return this.#writer.fits(units);
  }

  /** Writes and applies a transaction that fits; readers see it with the next `publish`. */
  commit(changes: readonly Change[]): number {
    const seq = ++this.#seq;
    const last = changes.length - 1;
    for (let at = 0; at <= last; at++) this.#commitChange(changes[at]!, seq, at < last);
    return seq;
  }

  /** Lets readers see everything that was committed. */
  publish(): void {
    this.#writer.publish();
  }

  #commitChange(change: Change, seq: number, more: boolean): void {
    const table = this.#table;
    switch (change.kind) {
      case 'add': {
        const { memory, base } = change.entry;
        this.#recorder.added(seq, more, memory, base);
        table.add(change.nodeId, memory, base);
        break;
      }
      case 'update': {
        const { slot, diff } = change;
        const { memory, base } = change.entry;
        const old = table.memoryOf(slot);
        this.#recorder.updated(seq, more, memory, base, diff, old, table.baseOf(slot));
        table.replace(slot, memory, base, diff);
        break;
      }
      case 'remove': {
        const { slot, reason } = change;
        this.#recorder.removed(seq, more, table.memoryOf(slot), table.baseOf(slot), reason);
        table.remove(slot);
      }
    }
  }

  #payloadBytes(change: Change): number {
    if (change.kind === 'remove') {
      return wholeEntryBytes(this.#table.memoryOf(change.slot), this.#table.baseOf(change.slot));
    }
    const { memory, base } = change.entry;
    return change.kind === 'add'
      ? wholeEntryBytes(memory, base)
      : updateBytes(memory, base, change.diff);
  }

  #tooLarge(bytes: number, limit: number): TransactionTooLargeError {
    return new TransactionTooLargeError(
      `the transaction takes ${bytes} bytes in the change log, which takes ${limit} at a time; ` +
        `split it or raise logBytes (${this.#writer.u8.length})`,
    );
  }
}
