import { ConnectionBrokenError } from '../connection-errors.js';
import { encodedEntries } from './encoded-entry-check.js';
import {
  EntryDiff,
  PatchedReader,
  diffEntries,
  patchHeaderBytes,
  writePatch,
} from './entry-diff.js';
import {
  type EntryMemory,
  entryMemory,
  leafAt,
  maxEntryBytes,
  peerLayout,
} from './entry-layout.js';
import { writeEntry } from './scattered-entry.js';

/**
 * Checks that the patch behind an entry is one that a registry writes: with it the entry turns into
 * another that the encoder could have written, of the same peer, and what differs between the two is the
 * patch again, byte for byte.
 *
 * @param base - of the new entry, which is right
 * @param patch - where its patch begins, `bytes` long
 * @throws {ConnectionBrokenError} when it is not
 */
export function checkPatch(memory: EntryMemory, base: number, patch: number, bytes: number): void {
  if (!isFramed(memory, patch, bytes)) refuse();
  reader.at(memory, base, patch);
  const length = reader.place(old) === undefined ? writeEntry(reader, old) : old.u32[0]!;
  if (length === undefined) refuse();
  encodedEntries.check(old, 0, length, refuse);
  diffEntries(old, 0, memory, base, diff);
  if (diff.isEmpty || diff.hasSlot(nodeIdSlot) || diff.patchBytes !== bytes) refuse();
  writePatch(diff, old, 0, again, 0);
  if (again.u8.compare(memory.u8, patch, patch + bytes, 0, bytes) !== 0) refuse();
}

/** Whether whatever a patch names lies in it. */
function isFramed({ u32 }: EntryMemory, patch: number, bytes: number): boolean {
  const words = patch >>> 2;
  if (bytes < patchHeaderBytes || u32[words + 3] !== bytes) return false;
  diff.low = u32[words]!;
  diff.high = u32[words + 1]!;
  let at = patchHeaderBytes;
  for (let slot = 0; slot < 64; slot++) {
    if (!diff.hasSlot(slot)) continue;
    if (slot === 0 || slot >= slots || at + 8 > bytes) return false;
    const offset = u32[(patch + at) >>> 2]!;
    const length = u32[((patch + at) >>> 2) + 1]!;
    if (slot >= firstBytesSlot && offset + length > bytes) return false;
    at += 8;
  }
  return true;
}

const reader = new PatchedReader();
const diff = new EntryDiff();
const old = entryMemory(new ArrayBuffer(maxEntryBytes));
const again = entryMemory(new ArrayBuffer(2 * maxEntryBytes));
const slots = peerLayout.fixedBytes / 8;
const firstBytesSlot = 1 + peerLayout.numbers.length;
const nodeIdSlot = leafAt('bytes', 'peerId.nodeId').slot;

function refuse(): never {
  throw new ConnectionBrokenError('what an entry was before came as no registry writes it');
}
