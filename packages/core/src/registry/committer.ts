import { ChangeRecorder } from '../log/change-record.js';
import type { LogWriter } from '../log/log-writer.js';
import type { Change, Transaction } from '../log/transaction.js';
import type { PeerTable } from '../peers/peer-table.js';
import type { QueuedCommand } from './command-queue.js';
import type { CommitDurations } from './commit-durations.js';

/** Makes a decided transaction true: in the change log and in the table, both or neither. */
export class Committer {
  readonly #table: PeerTable;
  readonly #writer: LogWriter;
  readonly #recorder: ChangeRecorder;
  readonly #deps: CommitterDeps;

  constructor(deps: CommitterDeps) {
    this.#table = deps.table;
    this.#writer = deps.writer;
    this.#recorder = new ChangeRecorder(deps.table, deps.writer);
    this.#deps = deps;
  }

  /** The last transaction's number; 0 before the first. */
  get seq(): number {
    return this.#writer.lastSeq;
  }

  /** Whether a transaction may be written now, without overrunning a reader that is waited for. */
  fits({ changes }: Transaction): boolean {
    return this.#deps.allows() && this.#writer.fits(this.#writer.transactionUnits(changes));
  }

  /**
   * Writes and applies a transaction that fits; readers see it with the next `publish`.
   *
   * @param command - whose transaction it is
   */
  commit({ changes }: Transaction, { at, came }: QueuedCommand): number {
    const seq = this.#writer.lastSeq + 1;
    const last = changes.length - 1;
    for (let index = 0; index <= last; index++) {
      this.#recorder.write(changes[index]!, seq, at, index < last);
      this.#apply(changes[index]!);
    }
    this.#deps.durations.committed(seq, came);
    return seq;
  }

  /** Lets readers see everything that was committed. Callers who do not wait for the disk go on now. */
  publish(): void {
    this.#writer.publish();
    if (this.#deps.tellsAtOnce()) this.#deps.durations.told(this.seq);
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

/** What a committer depends on. */
export interface CommitterDeps {
  readonly table: PeerTable;
  readonly writer: LogWriter;
  readonly durations: CommitDurations;
  /** Whether callers are told of a transaction when it is published, not when it is on disk. */
  readonly tellsAtOnce: () => boolean;
  /** Whether one more transaction may be written, for all that the log knows not of. */
  readonly allows: () => boolean;
}
