import { systemClock } from '../clock.js';
import { maxTurnMs } from '../limits.js';
import { nextTurn } from '../turns.js';
import { FormattedRun } from './formatted-run.js';
import { FLAG_MORE, RECORD_HEADER_BYTES, RecordOffset, UNIT_BYTES, flagsIn } from './log-layout.js';
import { checkFrames } from './record-frames.js';
import { checkPayload } from './record-payload.js';
import { checkRun } from './run-format.js';

/**
 * A run that came in the run format, from wherever: each of its records is held to its layout before one
 * of them is read.
 */
export class ReceivedRun extends FormattedRun {
  /**
   * @param bytes - are copied
   * @param check - what checks the payload of a record whose frame is right
   * @throws {RunError} saying what is wrong, and where
   */
  constructor(bytes: Uint8Array, check: typeof checkPayload | 'frames alone' = checkPayload) {
    const head = checkRun(bytes);
    const copy = Buffer.from(new ArrayBuffer(bytes.length));
    copy.set(bytes);
    super(copy, head);
    checkFrames(this, head, check === 'frames alone' ? undefined : check);
  }

  /**
   * The same for a run of any size, some milliseconds at a time.
   *
   * @throws {RunError} saying what is wrong, and where
   */
  static async inTurns(bytes: Uint8Array): Promise<ReceivedRun> {
    if (bytes.length <= bytesAtOnce) return new ReceivedRun(bytes);
    const run = new ReceivedRun(bytes, 'frames alone');
    let turnStart = systemClock.monotonic();
    for (let at = 0, count = 1; at < run.length; count++) {
      const size = run.u32[at >>> 2]! * UNIT_BYTES;
      checkPayload(run, at, size - RECORD_HEADER_BYTES);
      at += size;
      if (count % recordsPerLook !== 0) continue;
      if (systemClock.monotonic() - turnStart < maxTurnMs / 2) continue;
      await nextTurn();
      turnStart = systemClock.monotonic();
    }
    return run;
  }

  /** Each of its transactions after `seq`: where it lies, its number and its time. */
  *transactions(seq: number): Generator<PlacedTransaction> {
    const { u32, f64, length } = this;
    let start = 0;
    for (let at = 0; at < length;) {
      const end = at + u32[at >>> 2]! * UNIT_BYTES;
      if ((flagsIn(u32[(at + RecordOffset.kind) >>> 2]!) & FLAG_MORE) === 0) {
        const itsSeq = f64[(at + RecordOffset.seq) >>> 3]!;
        const time = f64[(at + RecordOffset.time) >>> 3]!;
        if (itsSeq > seq) yield { start, end, seq: itsSeq, time };
        start = end;
      }
      at = end;
    }
  }
}

/** One of a run's transactions. */
export interface PlacedTransaction {
  /** Where its first record begins and its last one ends, in bytes. */
  readonly start: number;
  readonly end: number;
  readonly seq: number;
  /** When its command was handed in, Unix milliseconds. */
  readonly time: number;
}

/** A run of so many bytes is checked at once. */
const bytesAtOnce = 256 * 1024;
/** Records between two looks at the clock. */
const recordsPerLook = 64;
