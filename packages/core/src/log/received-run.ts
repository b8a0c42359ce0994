import { checkPatch } from '../peers/encoded-patch-check.js';
import { encodedEntries } from '../peers/encoded-entry-check.js';
import type { Run } from './event-view.js';
import { FormattedRun } from './formatted-run.js';
import { RECORD_HEADER_BYTES } from './log-layout.js';
import { checkFrames, noTime, refuseRecord } from './record-frames.js';
import { checkRun } from './run-format.js';

/**
 * A run that came in the run format, from wherever: each of its records is held to its layout before one
 * of them is read.
 */
export class ReceivedRun extends FormattedRun {
  /**
   * @param bytes - are copied
   * @throws {RunError} saying what is wrong, and where
   */
  constructor(bytes: Uint8Array) {
    const head = checkRun(bytes);
    const copy = Buffer.from(new ArrayBuffer(bytes.length));
    copy.set(bytes);
    super(copy, head);
    checkFrames(this, head, checkPayload);
  }
}

/** Checks the payload of the record at a byte offset, whose frame is right. */
function checkPayload(run: Run, at: number, payloadBytes: number): void {
  const base = at + RECORD_HEADER_BYTES;
  const bytes = run.u32[base >>> 2]!;
  try {
    encodedEntries.check(run, base, bytes, noTime);
    if (bytes < payloadBytes) checkPatch(run, base, base + bytes, payloadBytes - bytes);
  } catch (cause) {
    refuseRecord(at, 'what it says of a peer', { cause });
  }
}
