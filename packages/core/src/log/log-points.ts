import type { ChangeLog } from './change-log.js';
import { HEADER_UNITS, KIND_PADDING, kindIn } from './log-layout.js';
import type { LogPoint } from './log-memory.js';

/**
 * The point right behind transaction `seq`, if the log still holds what comes after that. Found from the
 * nearest mark, over some 64 KiB of records at most. Their memory can be written by any thread: where it
 * makes no sense there is no such point.
 *
 * @param seq - one that was committed, or 0
 */
export function pointAfter(
  log: Pick<ChangeLog, 'memory' | 'writer'>,
  seq: number,
): LogPoint | undefined {
  const { memory, writer } = log;
  const end = writer.checkpoint();
  if (seq === end.seq) return { position: end.position, seq };
  const mark = writer.marks.before(seq + 1);
  if (seq > end.seq || mark === undefined || !writer.holds(mark)) return undefined;
  const { u32, f64, units } = memory;
  let { position } = mark;
  while (position < end.position) {
    const at = position & (units - 1);
    const length = u32[at * 2]!;
    const isPadding = kindIn(u32[at * 2 + 1]!) === KIND_PADDING;
    if (length < (isPadding ? 1 : HEADER_UNITS)) return undefined;
    if (!isPadding && f64[at + 1]! > seq) return { position, seq };
    position += length;
  }
  return undefined;
}
