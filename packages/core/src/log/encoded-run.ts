import { encodedEntries } from '../peers/encoded-entry-check.js';
import { entryLength } from '../peers/entry-reader.js';
import { FormattedRun } from './formatted-run.js';
import type { LogRun } from './log-run.js';
import { checkFrames, noTime, refuseRecord } from './record-frames.js';
import { RECORD_HEADER_BYTES, UNIT_BYTES } from './log-layout.js';
import { checkPayload } from './record-payload.js';
import { type RunOrigin, encodeRun } from './run-format.js';

/**
 * What a reader has read, in the run format, to be sent or kept and walked through. The log is memory that
 * others can write into: frames of records are checked at once, and what a record says of a peer when it is
 * asked for. The rest is checked by whoever receives the run (`ReceivedRun`), or here (`checkRecords`).
 */
export class EncodedRun extends FormattedRun {
  /** All of it. */
  readonly bytes: Buffer;

  /** @throws {RunError} when a frame is none that a registry writes */
  constructor(run: LogRun, origin: RunOrigin) {
    const { firstSeq, lastSeq, transactions } = run;
    const { id, epoch } = origin;
    const bytes = encodeRun(run, origin);
    super(bytes, { id, epoch, firstSeq, lastSeq, transactions });
    this.bytes = bytes;
    if (lastSeq - firstSeq + 1 !== transactions) refuseRecord(0, 'a count of transactions');
    checkFrames(this, this.head);
  }

  /**
   * Looks at all of it, as whoever receives it will.
   *
   * @throws {RunError} when a record is none that a registry writes
   */
  checkRecords(): void {
    for (let at = 0; at < this.length;) {
      const bytes = this.u32[at >>> 2]! * UNIT_BYTES;
      checkPayload(this, at, bytes - RECORD_HEADER_BYTES);
      at += bytes;
    }
  }

  /**
   * Checks the entry of a record.
   *
   * @param base - where it lies, behind the record's header
   * @returns whose it is: the node id
   * @throws {RunError} when it is none that a registry writes
   */
  checkEntry(base: number): string {
    try {
      return encodedEntries.check(this, base, entryLength(this, base), noTime);
    } catch (cause) {
      return refuseRecord(base - RECORD_HEADER_BYTES, 'what it says of a peer', { cause });
    }
  }
}
