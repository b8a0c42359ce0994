import type { Run } from './event-view.js';
import { FLAG_MORE, RecordOffset, UNIT_BYTES, flagsIn } from './log-layout.js';
import { checkFrames } from './record-frames.js';
import { RUN_HEADER_BYTES, type RunHead, checkRun } from './run-format.js';

/**
 * The records of a run in the run format, where they lie. They are read with the same views as those of
 * the log.
 */
export class FormattedRun implements Run {
  readonly u8: Buffer;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
  readonly u64: BigUint64Array;
  readonly length: number;
  /** Whose it is, and which transactions it has. */
  readonly head: RunHead;

  /** @param bytes - all of the run, on a multiple of 8 bytes; stay its own */
  constructor(bytes: Buffer, head: RunHead) {
    this.head = head;
    this.length = bytes.length - RUN_HEADER_BYTES;
    const { buffer } = bytes;
    const at = bytes.byteOffset + RUN_HEADER_BYTES;
    this.u8 = Buffer.from(buffer, at, this.length);
    this.u32 = new Uint32Array(buffer, at, this.length >>> 2);
    this.f64 = new Float64Array(buffer, at, this.length >>> 3);
    this.u64 = new BigUint64Array(buffer, at, this.length >>> 3);
  }

  /**
   * A run that came from this process's parent, which wrote it, through a pipe: its checksum is not computed
   * once more, and what its records say of peers is not looked at before it is asked for.
   *
   * @param bytes - on a multiple of 8 bytes; stay its own
   * @throws {RunError} saying what is wrong, and where
   */
  static fromParent(bytes: Buffer): FormattedRun {
    const run = new FormattedRun(bytes, checkRun(bytes, 'believed'));
    checkFrames(run, run.head);
    return run;
  }

  /** A run of the proposal log, likewise. The seqs of its head are numbers of proposals. */
  static ofProposals(bytes: Buffer): FormattedRun {
    return new FormattedRun(bytes, checkRun(bytes, 'believed'));
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
