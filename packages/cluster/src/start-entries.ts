import type { EntryBlock } from '@panoptes/core';
import { EntryBlocks } from '@panoptes/core/follower';
import type { ChangedPeers } from './changed-peers.js';
import type { SnapshotBucket, StoredSnapshot } from './snapshot-bucket.js';
import { snapshotEntries } from './snapshot-entries.js';

/** The entries as of the end of a stream, block by block: those of a snapshot that are the newest, then the others. */
export class StartEntries {
  readonly #groups: AsyncGenerator<EntryBlocks>;
  #group: EntryBlocks | undefined;

  /** @param snapshot - undefined when there is none, and the stream is whole */
  constructor(bucket: SnapshotBucket, snapshot: StoredSnapshot | undefined, changed: ChangedPeers) {
    this.#groups = groupsOf(bucket, snapshot, changed);
  }

  /**
   * The next block, in memory that was given back if there is some; undefined after the last.
   *
   * @throws {StoreError} `STORE_HISTORY_GONE` when the snapshot was removed meanwhile, others when it is none
   */
  async next(taken: ArrayBuffer | undefined): Promise<EntryBlock | undefined> {
    for (;;) {
      const block = this.#group?.next(taken);
      if (block !== undefined) return block;
      const next = await this.#groups.next();
      if (next.done === true) return undefined;
      this.#group = next.value;
    }
  }
}

async function* groupsOf(
  bucket: SnapshotBucket,
  snapshot: StoredSnapshot | undefined,
  changed: ChangedPeers,
): AsyncGenerator<EntryBlocks> {
  if (snapshot !== undefined) {
    for await (const entries of snapshotEntries(bucket.read(snapshot), changed)) {
      yield new EntryBlocks(entries.values());
    }
  }
  yield new EntryBlocks(changed.entries());
}
