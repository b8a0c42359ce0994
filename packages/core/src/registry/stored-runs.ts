import { ReceivedRun } from '../log/received-run.js';
import { type RunHead, checkRun } from '../log/run-format.js';
import { StoreError } from '../store-error.js';
import type { OpenedStore } from './registry-store.js';

/** The changes that a registry's store has kept, run after run, each checked before it is believed. */
export class StoredRuns {
  readonly #store: Pick<OpenedStore, 'history'>;
  readonly #id: string;
  readonly #durable: (seq: number) => Promise<void>;
  #runs: AsyncIterator<Uint8Array> | undefined;

  /**
   * @param id - of the registry
   * @param durable - resolves when a transaction is on disk
   */
  constructor(
    store: Pick<OpenedStore, 'history'>,
    id: string,
    durable: (seq: number) => Promise<void>,
  ) {
    this.#store = store;
    this.#id = id;
    this.#durable = durable;
  }

  /**
   * The run that holds transaction `due`, which was committed. One call at a time, each with the seq
   * after the last run's.
   *
   * @throws {StoreError | RunError} when it is not kept, or is not what it should be
   */
  next(due: number): Promise<ReceivedRun> {
    return this.#next(due, (bytes) => new ReceivedRun(bytes));
  }

  /** As `next`, but its records are left to be checked by who reads them. */
  nextBytes(due: number): Promise<StoredRun> {
    return this.#next(due, (bytes) => ({ bytes, head: checkRun(bytes) }));
  }

  async #next<Read extends { readonly head: RunHead }>(
    due: number,
    read: (bytes: Uint8Array) => Read,
  ): Promise<Read> {
    for (let isDurable = false; ;) {
      const isFresh = this.#runs === undefined;
      const runs = (this.#runs ??= this.#store.history(due)[Symbol.asyncIterator]());
      const next = await runs.next();
      if (next.done !== true) return this.#checked(read(next.value), due);
      this.#runs = undefined;
      if (!isFresh) continue;
      if (isDurable) throw gone(due);
      await this.#durable(due);
      isDurable = true;
    }
  }

  /** Lets go of what it has not read. */
  async leave(): Promise<void> {
    const runs = this.#runs;
    this.#runs = undefined;
    await runs?.return?.();
  }

  #checked<Read extends { readonly head: RunHead }>(run: Read, due: number): Read {
    const { id, firstSeq, lastSeq } = run.head;
    if (id === this.#id && firstSeq <= due && lastSeq >= due) return run;
    throw new StoreError(
      'STORE_CORRUPT',
      `the store gave transactions ${firstSeq} to ${lastSeq} of registry ${id} ` +
        `where ${due} of ${this.#id} was due`,
    );
  }
}

const gone = (due: number): StoreError =>
  new StoreError(
    'STORE_HISTORY_GONE',
    `the store's history() gave nothing for transaction ${due}, which is on disk`,
  );

/** A run that a store has kept. */
export interface StoredRun {
  /** In the run format. */
  readonly bytes: Uint8Array;
  readonly head: RunHead;
}
