import { Worker } from 'node:worker_threads';
import {
  type SnapshotSource,
  StoreCaller,
  StoreConnection,
  type StoreLine,
  fileBeside,
  storeThreadOptions,
} from '@panoptes/core';
import type { OpenStreamRequest, SnapshotWanted, StreamCalls } from './thread-messages.js';

/** A stream as the registry's thread has it: everything is done on a thread of its own. */
export class StreamConnection extends StoreConnection<OpenStreamRequest> {
  readonly #thread: StoreCaller<StreamCalls>;
  #snapshots: SnapshotSource | undefined;

  /** @param name - of the registry on the server */
  constructor(name: string) {
    const thread = new StoreCaller<StreamCalls>(`stream '${name}'`, startThread(), (message) => {
      void this.#giveSnapshot(message as SnapshotWanted);
    });
    super(thread);
    this.#thread = thread;
  }

  override follow(line: StoreLine, snapshots: SnapshotSource): void {
    this.#snapshots = snapshots;
    super.follow(line, snapshots);
  }

  async #giveSnapshot({ snapshotFrom }: SnapshotWanted): Promise<void> {
    const { data, giveBack } = await this.#snapshots!(snapshotFrom);
    try {
      await this.#thread.call('snapshot', data);
      giveBack();
    } catch {
      // Its thread has ended, or is about to: what it may still read is not used again.
    }
  }
}

const startThread = (): Worker =>
  new Worker(
    fileBeside(import.meta.url, './thread-entry.js'),
    storeThreadOptions('panoptes:stream'),
  );
