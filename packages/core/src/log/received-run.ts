import { checkPatch } from '../peers/encoded-patch-check.js';
import { encodedEntries } from '../peers/encoded-entry-check.js';
import { entryMemory } from '../peers/entry-layout.js';
import type { Run } from './event-view.js';
import { FLAG_MORE, RECORD_HEADER_BYTES, RecordOffset, UNIT_BYTES, flagsIn } from './log-layout.js';
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

  /** Its transactions after `seq`, some `bytes` of them at a time. The memory is its own. */
  *after(seq: number, bytes: number): Generator<RunPart> {
    const { u32, f64, length } = this;
    let start = 0;
    let firstSeq = Math.max(seq + 1, this.head.firstSeq);
    for (let at = 0; at < length;) {
      const end = at + u32[at >>> 2]! * UNIT_BYTES;
      const lastSeq = f64[(at + RecordOffset.seq) >>> 3]!;
      const isWhole = (flagsIn(u32[(at + RecordOffset.kind) >>> 2]!) & FLAG_MORE) === 0;
      if (lastSeq <= seq) start = end;
      else if (isWhole && (end - start >= bytes || end === length)) {
        yield { ...this.#part(start, end), firstSeq, lastSeq };
        start = end;
        firstSeq = lastSeq + 1;
      }
      at = end;
    }
  }

  #part(start: number, end: number): Run {
    const { u8, u32, f64, u64 } = this;
    return {
      u8: u8.subarray(start),
      u32: u32.subarray(start >>> 2),
      f64: f64.subarray(start >>> 3),
      u64: u64.subarray(start >>> 3),
      length: end - start,
    };
  }
}

/** Some of a run's transactions. */
export interface RunPart extends Run {
  readonly firstSeq: number;
  readonly lastSeq: number;
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
