import { nodeIdOf } from '../peers/identity-index.js';
import type { Run } from './event-view.js';
import { RECORD_HEADER_BYTES, RecordOffset, UNIT_BYTES } from './log-layout.js';

/**
 * Tells of each change of a run without paddings, in order.
 *
 * @param tell - is handed the node id; where the encoded entry lies in the run's memory; what has happened to
 * the peer, a `recordKind`; and when the transaction was handed in, Unix milliseconds
 */
export function eachChange(
  run: Run,
  tell: (nodeId: string, base: number, kind: number, time: number) => void,
): void {
  const { u8, u32, f64, length } = run;
  for (let at = 0; at < length; at += u32[at >>> 2]! * UNIT_BYTES) {
    const base = at + RECORD_HEADER_BYTES;
    const kind = u8[at + RecordOffset.kind]!;
    tell(nodeIdOf(run, base), base, kind, f64[(at + RecordOffset.time) >>> 3]!);
  }
}
