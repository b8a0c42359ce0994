import {
  type EntryMemory,
  StoreError,
  entryLength,
  entryMemory,
  maxEntryBytes,
  nodeIdOf,
} from '@panoptes/core/follower';
import type { ChangedPeers } from './changed-peers.js';

/**
 * The entries of a snapshot whose bytes come in pieces, but for those that have changed since. They are cut
 * here; what is in them is checked by who takes them.
 *
 * @returns groups of entries, as they came
 * @throws {StoreError} `STORE_CORRUPT` when they are no entries
 */
export async function* snapshotEntries(
  pieces: AsyncIterable<Uint8Array>,
  changed: ChangedPeers,
): AsyncGenerator<Buffer[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = rest.length + piece.length;
    // Entries are read as words, so they begin at whole ones.
    const memory = entryMemory(new ArrayBuffer((bytes + 7) & ~7));
    memory.u8.set(rest);
    memory.u8.set(piece, rest.length);
    const { entries, end } = cut(memory, bytes, changed);
    rest = memory.u8.subarray(end, bytes);
    if (entries.length > 0) yield entries;
  }
  if (rest.length > 0) throw corrupt(`it ends ${rest.length} bytes into an entry`);
}

/** Cuts off whole entries from the beginning, up to `bytes`. */
function cut(
  memory: EntryMemory,
  bytes: number,
  changed: ChangedPeers,
): { entries: Buffer[]; end: number } {
  const entries: Buffer[] = [];
  let end = 0;
  while (bytes - end >= wordBytes) {
    const length = entryLength(memory, end);
    if (length < wordBytes || length % wordBytes !== 0 || length > maxEntryBytes) {
      throw corrupt(`an entry of ${length} bytes`);
    }
    if (length > bytes - end) break;
    const isNewest = changed.isEmpty || !changed.has(nodeIdIn(memory, end));
    if (isNewest) entries.push(memory.u8.subarray(end, end + length));
    end += length;
  }
  return { entries, end };
}

function nodeIdIn(memory: EntryMemory, base: number): string {
  try {
    return nodeIdOf(memory, base);
  } catch (cause) {
    throw corrupt('an entry without a node id', cause);
  }
}

const wordBytes = 8;

const corrupt = (what: string, cause?: unknown): StoreError =>
  new StoreError(
    'STORE_CORRUPT',
    `a snapshot in the bucket is none of a registry: ${what}; remove it, and an earlier one is taken`,
    { cause },
  );
