import {
  type SnapshotData,
  StoreError,
  checkedEntryLength,
  entryMemory,
} from '@panoptes/core/follower';

/**
 * The entries of a snapshot in memory of their own, some at a time. Its memory is shared with whoever else was
 * lent the snapshot, so each entry is copied before it is checked.
 *
 * @throws {StoreError} when one is none that a registry writes
 */
export async function* snapshotChunks({ buffer, size }: SnapshotData): AsyncGenerator<Uint8Array> {
  const shared = Buffer.from(buffer);
  let from = 0;
  for (let left = size; left > 0;) {
    const bytes = Math.min(chunkBytes, (shared.length - from) & ~7);
    const copy = new ArrayBuffer(bytes);
    const memory = entryMemory(copy);
    memory.u8.set(shared.subarray(from, from + bytes));
    let end = 0;
    for (; left > 0 && end < bytes; left--) {
      const length = checkedLength(memory, end, bytes - end);
      // It goes on in the next chunk.
      if (length === undefined) break;
      end += length;
    }
    if (end === 0) throw damaged(new Error('an entry reaches beyond its end'));
    yield memory.u8.subarray(0, end);
    await Promise.resolve();
    from += end;
  }
}

function checkedLength(
  memory: ReturnType<typeof entryMemory>,
  base: number,
  left: number,
): number | undefined {
  try {
    return checkedEntryLength(memory, base, left);
  } catch (cause) {
    throw damaged(cause);
  }
}

const damaged = (cause: unknown): StoreError =>
  new StoreError('STORE_CORRUPT', 'a snapshot in memory is damaged: somebody has written into it', {
    cause,
  });

/** The largest entry fits many times. */
const chunkBytes = 512 * 1024;
