import { Worker } from 'node:worker_threads';
import {
  type SnapshotSource,
  StoreCaller,
  StoreConnection,
  type StoreLine,
  type StoreReport,
  fileBeside,
  storeErrorOf,
  storeThreadOptions,
} from '@panoptes/core';
import type {
  OpenStreamRequest,
  ProblemMet,
  SnapshotWanted,
  StreamCalls,
} from './thread-messages.js';

/** A stream as the registry's thread has it: everything is done on a thread of its own. */
export class StreamConnection extends StoreConnection<OpenStreamRequest> {
  readonly #thread: StoreCaller<StreamCalls>;
  #snapshots: SnapshotSource | undefined;
  #report: StoreReport | undefined;

  /** @param name - of the registry on the server */
  constructor(name: string) {
    const thread = new StoreCaller<StreamCalls>(`stream '${name}'`, startThread(), (message) => {
      const told = message as SnapshotWanted | ProblemMet;
      if ('problem' in told) this.#report?.(storeErrorOf(told.problem));
      else void this.#giveSnapshot(told);
    });
    super(thread);
    this.#thread = thread;
  }

  override follow(line: StoreLine, snapshots: SnapshotSource, report: StoreReport): void {
    this.#snapshots = snapshots;
    this.#report = report;
    super.follow(line, snapshots, report);
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
