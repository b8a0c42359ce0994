import { checkPatch } from '../peers/encoded-patch-check.js';
import { encodedEntries } from '../peers/encoded-entry-check.js';
import { entryMemory } from '../peers/entry-layout.js';
import type { Run } from './event-view.js';
import { RECORD_HEADER_BYTES } from './log-layout.js';
import { checkFrames, noTime, refuseRecord } from './record-frames.js';
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
    checkFrames(this, this.head, checkPayload);
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
