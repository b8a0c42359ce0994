import type { StoreError } from '../store-error.js';
import type {
  EntryBlock,
  KeptState,
  OpenedStore,
  SnapshotSource,
  StoreFigures,
  StoreLine,
  StoreReport,
} from './registry-store.js';
import type { StoreCaller } from './store-caller.js';
import type { StoreCalls } from './store-messages.js';
import { SyncFigures } from './sync-figures.js';

/**
 * A store that does everything on a thread of its own, as the registry's thread has it. Each kind of store
 * adds what only it does.
 */
export class StoreConnection<Request> implements OpenedStore {
  readonly failed: Promise<StoreError>;
  readonly #thread: StoreCaller<StoreCalls<Request>>;
  readonly #figures = new SyncFigures();
  #kept: KeptState | undefined;
  #end: Promise<void> | undefined;

  /** @param thread - was started for it, and is ended by it */
  constructor(thread: StoreCaller<StoreCalls<Request>>) {
    this.#thread = thread;
    this.failed = thread.failed;
  }

  /**
   * Opens it, once, before anything else. When it cannot be opened its thread has ended.
   *
   * @param request - is handed the memory of the figures
   * @throws {StoreError} when it cannot be had or read
   */
  async open(request: (figures: SyncFigures['buffer']) => Request): Promise<this> {
    try {
      this.#kept = await this.#thread.call('open', request(this.#figures.buffer));
      return this;
    } catch (error) {
      await this.#thread.endAfter(() => Promise.resolve());
      throw error;
    }
  }

  get kept(): KeptState {
    return this.#kept!;
  }

  async *entries(): AsyncGenerator<EntryBlock> {
    // One ahead: the thread reads the next while the registry takes this one. Their memory goes back and
    // forth, for new memory has to be filled with zeros, and collected in the end.
    let next = this.#thread.call('entries', undefined);
    let taken: ArrayBuffer | undefined;
    for (;;) {
      const block = await next;
      if (block === undefined) return;
      next = this.#thread.call('entries', taken);
      // Whoever stops early is not told of it.
      next.catch(() => undefined);
      yield block;
      taken = block.buffer;
    }
  }

  follow(line: StoreLine, _snapshots: SnapshotSource, _report: StoreReport): void {
    this.#thread
      .call('follow', line)
      .catch((error: unknown) => this.#thread.fail(error as StoreError));
  }

  figures(): StoreFigures {
    return this.#figures.read();
  }

  async *history(from: number): AsyncGenerator<Uint8Array> {
    for (let seq = from; ;) {
      const run = await this.#thread.call('run', seq);
      if (run === undefined) return;
      yield run.bytes;
      seq = run.lastSeq + 1;
    }
  }

  close(): Promise<void> {
    this.#end ??= this.#thread.endAfter(() => this.#thread.call('close'));
    return this.#end;
  }
}
