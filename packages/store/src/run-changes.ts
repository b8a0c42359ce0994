import {
  type EncodedRun,
  RECORD_HEADER_BYTES,
  type ReceivedRun,
  RecordOffset,
  UNIT_BYTES,
  nodeIdOf,
  recordKind,
} from '@panoptes/core/follower';

/**
 * Tells of each change of a run, in order.
 *
 * @param tell - is handed the node id; where the encoded entry lies in the run's memory, and whether the
 * peer has gone with it; and when the transaction was handed in, Unix milliseconds
 */
export function eachChange(
  run: ReceivedRun | EncodedRun,
  tell: (nodeId: string, base: number, isGone: boolean, time: number) => void,
): void {
  const { u8, u32, f64, length } = run;
  for (let at = 0; at < length; at += u32[at >>> 2]! * UNIT_BYTES) {
    const base = at + RECORD_HEADER_BYTES;
    const isGone = u8[at + RecordOffset.kind] === recordKind.removed;
    tell(nodeIdOf(run, base), base, isGone, f64[(at + RecordOffset.time) >>> 3]!);
  }
}
