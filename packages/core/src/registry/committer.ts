import { TransactionTooLargeError } from '../errors.js';
import { maxPayloadBytes, maxTransactionUnits } from '../log/log-memory.js';
import type { LogWriter } from '../log/log-writer.js';
import type { PeerTable } from '../peers/peer-table.js';
import { ChangeWriter } from './change-writer.js';
import type { Change } from './transaction.js';

/** Makes a decided transaction true: in the change log and in the table, both or neither. */
export class Committer {
  readonly #table: PeerTable;
  readonly #writer: LogWriter;
  readonly #changes: ChangeWriter;
  readonly #maxPayloadBytes: number;
  readonly #maxUnits: number;
  #seq = 0;

  constructor(table: PeerTable, writer: LogWriter) {
    this.#table = table;
    this.#writer = writer;
    this.#changes = new ChangeWriter(table, writer);
    this.#maxPayloadBytes = maxPayloadBytes(writer.u8.length);
    this.#maxUnits = maxTransactionUnits(writer.u8.length);
  }

  /** The last transaction's number; 0 before the first. */
  get seq(): number {
    return this.#seq;
  }

  /** Why the log can never take a transaction, whoever waits. */
  refusal(changes: readonly Change[]): TransactionTooLargeError | undefined {
    for (const change of changes) {
      const payload = this.#changes.payloadBytes(change);
      if (payload > this.#maxPayloadBytes) return this.#tooLarge(payload, this.#maxPayloadBytes);
    }
    const units = this.#changes.units(changes);
    return units > this.#maxUnits ? this.#tooLarge(8 * units, 8 * this.#maxUnits) : undefined;
  }

  /** Whether the log takes a transaction now, without overrunning a reader that is waited for. */
  fits(changes: readonly Change[]): boolean {
    return this.#changes.fits(changes);
  }

  /** Writes and applies a transaction that fits; readers see it with the next `publish`. */
  commit(changes: readonly Change[]): number {
    const seq = ++this.#seq;
    const last = changes.length - 1;
    for (let at = 0; at <= last; at++) {
      this.#changes.write(changes[at]!, seq, at < last);
      this.#apply(changes[at]!);
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
        this.#table.add(change.nodeId, change.entry.memory, change.entry.base);
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

  #tooLarge(bytes: number, limit: number): TransactionTooLargeError {
    return new TransactionTooLargeError(
      `the transaction takes ${bytes} bytes in the change log, which takes ${limit} at a time; ` +
        `split it or raise logBytes (${this.#writer.u8.length})`,
    );
  }
}
