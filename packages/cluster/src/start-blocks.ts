import { EntryBlocks } from '@panoptes/core/follower';
import type { SnapshotBucket, StoredSnapshot } from './snapshot-bucket.js';
import { snapshotEntries } from './snapshot-entries.js';
import type { StreamStart } from './stream-start.js';

/** The entries as of the end of the stream: those of the snapshot that are the newest, then the others. */
export async function* startBlocks(
  bucket: SnapshotBucket,
  snapshot: StoredSnapshot | undefined,
  { changed }: StreamStart,
): AsyncGenerator<EntryBlocks> {
  if (snapshot !== undefined) {
    for await (const entries of snapshotEntries(bucket.read(snapshot), changed)) {
      yield new EntryBlocks(entries.values());
    }
  }
  yield new EntryBlocks(changed.entries());
}
