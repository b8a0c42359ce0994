import type { EntryMemory } from '../peers/entry-layout.js';
import { RECORD_HEADER_BYTES, RecordOffset, UNIT_BYTES } from './log-layout.js';
import type { LogWriter } from './log-writer.js';

/**
 * Writes the outcome of a group as transaction `seq` of the proposal log: the record that ends a group
 * there, since everything proposed before it is decided. Its payload is a length and then the numbers
 * of the proposals that were not committed, as f64. It has no time of its own.
 */
export function writeOutcome(writer: LogWriter, seq: number, aborted: readonly number[]): void {
  const at = writer.begin(outcomeKind, 0, 0, seq, UNIT_BYTES * (1 + aborted.length));
  writer.f64[at / UNIT_BYTES] = aborted.length;
  writer.f64.set(aborted, at / UNIT_BYTES + 1);
}

/** The numbers in an outcome whose record starts at byte `at` of a run. */
export function abortedIn({ f64 }: EntryMemory, at: number): Float64Array {
  const first = (at + RECORD_HEADER_BYTES) / UNIT_BYTES;
  return f64.subarray(first + 1, first + 1 + f64[first]!);
}

/** Whether the record at byte `at` of a run is an outcome. */
export const isOutcome = ({ u8 }: EntryMemory, at: number): boolean =>
  u8[at + RecordOffset.kind] === outcomeKind;

/** Its kind; the others are those of `change-record.ts`. */
const outcomeKind = 4;
