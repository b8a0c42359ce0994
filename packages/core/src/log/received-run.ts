import { checkPatch } from '../peers/encoded-patch-check.js';
import { encodedEntries } from '../peers/encoded-entry-check.js';
import { type EntryMemory, entryMemory, maxEntryBytes } from '../peers/entry-layout.js';
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
import { RUN_HEADER_BYTES, type RunHead, checkRun } from './run-format.js';

/**
 * A run that came in the run format, from wherever. Its records are read with the same views as those of
 * the log: each is held to its layout before one of them is.
 */
export class ReceivedRun implements Run {
  readonly u8: Buffer;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
  readonly u64: BigUint64Array;
  readonly length: number;
  /** Whose it is, and which transactions it has. */
  readonly head: RunHead;

  /**
   * @param bytes - are copied
   * @throws {RunError} saying what is wrong, and where
   */
  constructor(bytes: Uint8Array) {
    this.head = checkRun(bytes);
    this.length = bytes.length - RUN_HEADER_BYTES;
    const buffer = new ArrayBuffer((this.length + 7) & ~7);
    const { u8, u32, f64, u64 } = entryMemory(buffer);
    u8.set(bytes.subarray(RUN_HEADER_BYTES));
    this.u8 = u8;
    this.u32 = u32;
    this.f64 = f64;
    this.u64 = u64;
    this.#check();
  }

  #check(): void {
    const { u32, f64, length } = this;
    const { firstSeq, lastSeq } = this.head;
    let seq = firstSeq - 1;
    let time = 0;
    let isUnfinished = false;
    for (let at = 0; at < length;) {
      const bytes = length - at < RECORD_HEADER_BYTES ? 0 : u32[at >>> 2]! * UNIT_BYTES;
      if (bytes < HEADER_UNITS * UNIT_BYTES || bytes > length - at) refuse(at, 'a length');
      const head = u32[(at + RecordOffset.kind) >>> 2]!;
      if (f64[(at + RecordOffset.seq) >>> 3] !== (isUnfinished ? seq : ++seq)) refuse(at, 'a seq');
      const itsTime = f64[(at + RecordOffset.time) >>> 3]!;
      if (!Number.isFinite(itsTime) || (isUnfinished && itsTime !== time)) refuse(at, 'a time');
      time = itsTime;
      const flags = flagsIn(head);
      if ((flags & ~FLAG_MORE) !== 0) refuse(at, 'flags');
      isUnfinished = flags === FLAG_MORE;
      checkChange(this, at, bytes - RECORD_HEADER_BYTES);
      at += bytes;
    }
    if (seq !== lastSeq || isUnfinished) refuse(length, 'its end in a transaction');
  }
}

/** Checks kind and reason of the record at a byte offset, and its payload. */
function checkChange(memory: EntryMemory, at: number, payloadBytes: number): void {
  const head = memory.u32[(at + RecordOffset.kind) >>> 2]!;
  const kind = kindIn(head);
  const reason = (head >>> 8) & 0xff;
  const isRemoval = kind === recordKind.removed;
  if (kind < recordKind.added || kind > recordKind.removed) refuse(at, 'a kind');
  if (isRemoval !== reason > 0 || reason >= removalReasons.length) refuse(at, 'a reason');
  const base = at + RECORD_HEADER_BYTES;
  const left = payloadBytes < UNIT_BYTES ? 0 : memory.u32[base >>> 2]!;
  const isWhole = kind === recordKind.updated ? left < payloadBytes : left === payloadBytes;
  if (!isWhole || left > maxEntryBytes) refuse(at, 'the length of an entry');
  try {
    encodedEntries.check(memory, base, left, noTime);
    if (left < payloadBytes) checkPatch(memory, base, base + left, payloadBytes - left);
  } catch (cause) {
    refuse(at, 'what it says of a peer', { cause });
  }
}

function refuse(at: number, what: string, options?: ErrorOptions): never {
  throw new RunError(
    'record',
    RUN_HEADER_BYTES + at,
    `${what} that no registry writes in a record`,
    options,
  );
}

const noTime = (): never => {
  throw new Error('a time that is none');
};
