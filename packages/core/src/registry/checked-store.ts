import { types } from 'node:util';
import { systemClock } from '../clock.js';
import { describe } from '../describe.js';
import { StoreError } from '../store-error.js';
import { nextTurn } from '../turns.js';
import { blockFault } from './entry-block.js';
import { checkedSpace } from './checked-space.js';
import { keptState } from './kept-state.js';
import type {
  EntryBlock,
  KeptState,
  OpenedSpace,
  OpenedStore,
  SnapshotSource,
  StoreFigures,
  StoreLine,
  StoreReport,
} from './registry-store.js';
import {
  type StoreCall,
  askStore,
  failedCall,
  fromStore,
  storeCall,
  storeSteps,
} from './store-calls.js';

/**
 * A store as a registry has it, behind its border: a store may be of users' own, and nothing of what it
 * gives is believed. Every answer has the form that `OpenedStore` promises, or is a `StoreError`; every
 * promise settles.
 */
export class CheckedStore implements OpenedStore {
  readonly kept: KeptState;
  readonly failed: Promise<StoreError>;
  readonly space?: NonNullable<OpenedStore['space']>;
  readonly #store: OpenedStore;
  readonly #limitMs: number;
  #fail!: (error: StoreError) => void;

  /**
   * @param opened - what the store's `open` resolved with
   * @param limitMs - how long a call may take
   * @throws {StoreError} when it is no store
   */
  constructor(opened: unknown, limitMs: number) {
    const { store, kept, failed, hasSpaces } = partsOf(opened);
    this.kept = keptState(kept);
    this.#store = store;
    this.#limitMs = limitMs;
    this.failed = new Promise((resolve) => (this.#fail = resolve));
    const tell = (error: unknown): void => this.#fail(failedCall('follow', error));
    failed.then(tell, tell);
    if (hasSpaces) this.space = (...asked) => this.#space(...asked);
  }

  async *entries(): AsyncGenerator<EntryBlock> {
    let left = this.kept.peers;
    let gaveAt = systemClock.monotonic();
    const call = this.#call('entries');
    for await (const given of storeSteps(call, () => this.#store.entries())) {
      const block = blockOf(given, left);
      if (block.size > 0) {
        left -= block.size;
        yield block;
        gaveAt = systemClock.monotonic();
      } else if (systemClock.monotonic() - gaveAt < this.#limitMs) {
        await nextTurn();
      } else {
        const message = `the store's entries() gave empty blocks alone for ${this.#limitMs} ms`;
        throw new StoreError('STORE_STUCK', `${message} (storeTimeoutMs)`);
      }
    }
  }

  follow(line: StoreLine, snapshots: SnapshotSource, report: StoreReport): void {
    const told = (problem: unknown): void => report(failedCall('follow', problem));
    const answer: unknown = fromStore('follow', () => this.#store.follow(line, snapshots, told));
    // It returns nothing; of one that does, what it fails with later counts.
    Promise.resolve(answer).catch((error: unknown) => this.#fail(failedCall('follow', error)));
  }

  figures(): StoreFigures {
    return fromStore('figures', () => {
      const { syncP50Ms, syncP99Ms, bytesOnDisk, historyFrom } = this.#store.figures();
      const figures = { syncP50Ms, syncP99Ms, bytesOnDisk, historyFrom };
      for (const [name, figure] of Object.entries(figures)) {
        if (typeof figure === 'number' && !(figure < 0)) continue;
        throw new TypeError(`expected ${name} to be 0, more, or NaN, got ${describe(figure)}`);
      }
      return figures;
    });
  }

  async *history(from: number): AsyncGenerator<Uint8Array> {
    for await (const run of storeSteps(this.#call('history'), () => this.#store.history(from))) {
      if (!types.isUint8Array(run) || !types.isArrayBuffer(run.buffer)) {
        throw corrupt(
          'history',
          `expected a run as bytes in memory of its own, got ${describe(run)}`,
        );
      }
      yield run;
    }
  }

  async close(): Promise<void> {
    await askStore(this.#call('close'), () => this.#store.close());
  }

  async #space(name: string, format: string, room: number): Promise<OpenedSpace> {
    const late = (space: unknown): unknown => (space as Partial<OpenedSpace>).end?.(false);
    const ask = (): unknown => this.#store.space!(name, format, room);
    return checkedSpace(await askStore({ ...this.#call('space'), late }, ask), this.#call('end'));
  }

  #call(method: string): StoreCall {
    return storeCall(method, this.#limitMs);
  }
}

/** What `open` gave, if it has all that a store has. */
function partsOf(opened: unknown): StoreParts {
  return fromStore('open', () => {
    const store = opened as OpenedStore & Readonly<Record<string, unknown>>;
    const isStore = methods.every((name) => typeof store?.[name] === 'function');
    const { kept, failed, space } = isStore ? store : ({} as Partial<OpenedStore>);
    const isWhole = isStore && (space === undefined || typeof space === 'function');
    if (!isWhole || typeof failed?.then !== 'function') {
      const expected = `an object with the methods ${methods.join(', ')} and the promise failed`;
      throw new TypeError(`expected it to resolve with ${expected}, got ${describe(opened)}`);
    }
    return { store, kept, failed: Promise.resolve(failed), hasSpaces: space !== undefined };
  });
}

interface StoreParts {
  readonly store: OpenedStore;
  readonly kept: unknown;
  readonly failed: Promise<unknown>;
  readonly hasSpaces: boolean;
}

const methods = ['entries', 'follow', 'figures', 'history', 'close'] as const;

/** @param left - of its peers, so many have not been given */
function blockOf(given: unknown, left: number): EntryBlock {
  const { buffer, size } = fromStore('entries', () => {
    const block = given as EntryBlock;
    return { buffer: block.buffer, size: block.size };
  });
  const fault = blockFault(buffer, size, left);
  if (fault !== undefined) throw corrupt('entries', fault);
  return { buffer, size };
}

const corrupt = (method: string, what: string): StoreError =>
  new StoreError(
    'STORE_CORRUPT',
    `the store's ${method}() gave what is none of a registry: ${what}; restore it from a backup`,
  );
