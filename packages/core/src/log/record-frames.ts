import { maxEntryBytes, peerLayout } from '../peers/entry-layout.js';
import { recordKind, removalReasons } from './change-record.js';
import type { Run } from './event-view.js';
import {
  FLAG_MORE,
  HEADER_UNITS,
  RECORD_HEADER_BYTES,
  RecordOffset,
  UNIT_BYTES,
  flagsIn,
  kindIn,
} from './log-layout.js';
import { RunError } from './run-error.js';
import { RUN_HEADER_BYTES, type RunHead } from './run-format.js';

/**
 * Checks the frames of a run's records: that each is where the one before ends, of the seq and the time
 * that are due, of a kind that there is, and long enough for its entry. What passes can be walked through.
 *
 * @param checkPayload - is handed each record whose frame is right, if it is to be looked at further
 * @throws {RunError} saying what is wrong, and where
 */
export function checkFrames(
  run: Run,
  { firstSeq, lastSeq }: RunHead,
  checkPayload?: (run: Run, at: number, payloadBytes: number) => void,
): void {
  const { u32, f64, length } = run;
  let seq = firstSeq - 1;
  let time = 0;
  let isUnfinished = false;
  for (let at = 0; at < length;) {
    const bytes = length - at < RECORD_HEADER_BYTES ? 0 : u32[at >>> 2]! * UNIT_BYTES;
    if (bytes < HEADER_UNITS * UNIT_BYTES || bytes > length - at) refuseRecord(at, 'a length');
    const head = u32[(at + RecordOffset.kind) >>> 2]!;
    if (f64[(at + RecordOffset.seq) >>> 3] !== (isUnfinished ? seq : ++seq))
      refuseRecord(at, 'a seq');
    const itsTime = f64[(at + RecordOffset.time) >>> 3]!;
    if (!Number.isFinite(itsTime) || (isUnfinished && itsTime !== time)) refuseRecord(at, 'a time');
    time = itsTime;
    const flags = flagsIn(head);
    if ((flags & ~FLAG_MORE) !== 0) refuseRecord(at, 'flags');
    isUnfinished = flags === FLAG_MORE;
    checkChange(run, at, bytes - RECORD_HEADER_BYTES);
    checkPayload?.(run, at, bytes - RECORD_HEADER_BYTES);
    at += bytes;
  }
  if (seq !== lastSeq || isUnfinished) refuseRecord(length, 'its end in a transaction');
}

/** Checks kind and reason of the record at a byte offset, and that its entry lies in it. */
function checkChange({ u32 }: Run, at: number, payloadBytes: number): void {
  const head = u32[(at + RecordOffset.kind) >>> 2]!;
  const kind = kindIn(head);
  const reason = (head >>> 8) & 0xff;
  const isRemoval = kind === recordKind.removed;
  if (kind < recordKind.added || kind > recordKind.removed) refuseRecord(at, 'a kind');
  if (isRemoval !== reason > 0 || reason >= removalReasons.length) refuseRecord(at, 'a reason');
  const left = payloadBytes < UNIT_BYTES ? 0 : u32[(at + RECORD_HEADER_BYTES) >>> 2]!;
  const isWhole = kind === recordKind.updated ? left < payloadBytes : left === payloadBytes;
  if (!isWhole || left < peerLayout.fixedBytes || left > maxEntryBytes) {
    refuseRecord(at, 'the length of an entry');
  }
}

/**
 * Refuses the record at a byte offset of a run's payload.
 *
 * @throws {RunError}
 */
export function refuseRecord(at: number, what: string, options?: ErrorOptions): never {
  throw new RunError(
    'record',
    RUN_HEADER_BYTES + at,
    `${what} that no registry writes in a record`,
    options,
  );
}

/** What is asked for the present, where an entry has no time: no registry writes such a one. */
export const noTime = (): never => {
  throw new Error('a time that is none');
};
