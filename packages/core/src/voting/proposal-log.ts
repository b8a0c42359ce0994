import { ChangeLog } from '../log/change-log.js';
import type { LogBuffer, LogPoint } from '../log/log-memory.js';
import { writeOutcome } from '../log/outcome-record.js';
import type { PeerTable } from '../peers/peer-table.js';
import { ChangeRecorder } from '../log/change-record.js';
import type { Transaction } from '../log/transaction.js';

/**
 * How proposals reach the voters: a second log like the change log, in which each proposal is written
 * once for all of them, and after each group its outcome. A proposal's number is its seq there.
 *
 * No reader is waited for here: a group begins only when every voter has voted on the one before or was
 * given up, so a voter that keeps up has all of the log but a group's room. One that was overtaken starts anew.
 *
 * Voters sleep on this log alone. The outcome of a group wakes them to read the change log as well,
 * which is always published first.
 */
export class ProposalLog {
  readonly log: ChangeLog;
  readonly #recorder: ChangeRecorder;

  /** @param logBytes - as large as the change log, so that both take the same transactions */
  constructor(table: PeerTable, logBytes: number) {
    this.log = new ChangeLog({ logBytes, readers: 1 });
    this.#recorder = new ChangeRecorder(table, this.log.writer);
  }

  /** The buffer for one more voter; see `LogMemory`. */
  handOut(): LogBuffer {
    return this.log.memory.handOut();
  }

  /** Where a voter starts that is to be asked from now on. */
  point(): LogPoint {
    return this.log.writer.checkpoint();
  }

  /** Units that a group of several proposals may take together. */
  get groupUnits(): number {
    return this.log.memory.units * groupShare;
  }

  /**
   * Writes a proposal; voters see it with the next `announce`. Returns its number.
   *
   * @param at - when its command was handed in
   */
  propose({ changes }: Transaction, at: number): number {
    const number = this.log.writer.lastSeq + 1;
    const last = changes.length - 1;
    for (let index = 0; index <= last; index++) {
      this.#recorder.write(changes[index]!, number, at, index < last);
    }
    return number;
  }

  /** Shows voters what was proposed, and wakes them. */
  announce(): void {
    this.log.writer.publish();
    this.log.doorbell.ring();
  }

  /**
   * Ends a group, whose commits have been published in the change log.
   *
   * @param aborted - numbers of the proposals that were not committed
   */
  conclude(aborted: readonly number[]): void {
    const { writer, doorbell } = this.log;
    writeOutcome(writer, writer.lastSeq + 1, aborted);
    writer.publish();
    doorbell.changed();
  }

  /** Wakes voters that sleep, to read the change log. */
  nudge(): void {
    this.log.doorbell.ring();
  }
}

/** Share of the log that a group of several proposals takes at most. */
const groupShare = 1 / 8;
