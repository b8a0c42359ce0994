import { type EntryMemory, maxEntryBytes, peerLayout } from './entry-layout.js';
import type { ByteRange, EntryReader } from './entry-reader.js';
import { layoutMembers } from './layout-member.js';

/**
 * Writes an entry whose parts lie in several places as one, at byte 0.
 *
 * @param to - of `maxEntryBytes`
 * @returns its length; undefined when it would be longer than an entry may be
 */
export function writeEntry(reader: EntryReader, to: EntryMemory): number | undefined {
  const bits = reader.bits();
  to.u32[1] = bits;
  for (const { slot } of peerLayout.numbers) to.f64[slot] = reader.number(slot);
  let end = peerLayout.fixedBytes;
  for (const { slot, needs } of tail) {
    reader.locate(slot, range);
    const bytes = range.end - range.start;
    if (bytes > maxEntryBytes - end) return undefined;
    // What is absent has no place; an empty text has one.
    to.u32[2 * slot] = (bits & needs) === needs ? end : 0;
    to.u32[2 * slot + 1] = bytes;
    end += range.u8.copy(to.u8, end, range.start, range.end);
  }
  const length = (end + 7) & ~7;
  to.u8.fill(0, end, length);
  to.u32[0] = length;
  return length;
}

const range: ByteRange = { u8: Buffer.alloc(0), start: 0, end: 0 };

/** Texts, keys and lists in the order in which they lie, and what must be present for each. */
const tail = layoutMembers
  .flatMap(({ node, presence, groups }) =>
    node.kind === 'bytes' ? [{ slot: node.slot, needs: presence | groups }] : [],
  )
  .sort((a, b) => a.slot - b.slot);
