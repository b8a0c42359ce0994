import type { ObserverSpace } from './observer-space.js';
import type { StoredValue } from './stored-value.js';

/**
 * An observer's stored state, as `ctx.store`: texts and bytes by key, all of it in the memory of the
 * observer's thread. The registry's store writes it, and the last transaction that the observer has
 * handled with it, so that one is never without the other. A restarted observer finds both.
 *
 * What a handler changes counts when it has ended, its promise too; of one that fails nothing counts.
 * What is changed elsewhere (in `setup`, a query, a timer) counts with the next handler that ends.
 */
export interface ObserverStore {
  /** The last transaction that is in what is stored; undefined when nothing is. */
  readonly cursor: number | undefined;
  /** How many keys there are. */
  readonly size: number;
  /** How much of its room is taken, in bytes: of keys and values, and 32 for each key. */
  readonly bytes: number;
  /** The value of a key; bytes are a copy. */
  get(key: string): StoredValue | undefined;
  has(key: string): boolean;
  /**
   * Gives a key a value; bytes are copied.
   *
   * @param key - 1 to 512 bytes in UTF-8
   * @throws {ConfigError} when one of them is not what it can be
   * @throws {ObserverStoreFullError} when there is no room for it (`storeLimitMb`), or there are 65,536 keys
   */
  set(key: string, value: StoredValue): this;
  /** Removes a key; false when there is none. */
  delete(key: string): boolean;
  /** Removes all keys. */
  clear(): void;
  keys(): IterableIterator<string>;
  /** Values, in the order of `entries`; bytes are copies. */
  values(): IterableIterator<StoredValue>;
  /** Keys and values, in the order in which keys were added; those that were found in the order of their bytes. */
  entries(): IterableIterator<[string, StoredValue]>;
  /** Calls a function with each value, its key and the store, in the order of `entries`. */
  forEach(call: (value: StoredValue, key: string, store: ObserverStore) => void): void;
  [Symbol.iterator](): IterableIterator<[string, StoredValue]>;
}

/** What an observer is given of its space: what is its own to call, and no more. */
export function storeOf(space: ObserverSpace): ObserverStore {
  return Object.freeze(new OwnStore(space));
}

class OwnStore implements ObserverStore {
  readonly #space: ObserverSpace;

  constructor(space: ObserverSpace) {
    this.#space = space;
  }

  get cursor(): number | undefined {
    return this.#space.cursor;
  }

  get size(): number {
    return this.#space.size;
  }

  get bytes(): number {
    return this.#space.bytes;
  }

  get(key: string): StoredValue | undefined {
    return this.#space.get(key);
  }

  has(key: string): boolean {
    return this.#space.has(key);
  }

  set(key: string, value: StoredValue): this {
    this.#space.set(key, value);
    return this;
  }

  delete(key: string): boolean {
    return this.#space.delete(key);
  }

  clear(): void {
    this.#space.clear();
  }

  keys(): IterableIterator<string> {
    return this.#space.keys();
  }

  *values(): IterableIterator<StoredValue> {
    for (const [, value] of this.#space.entries()) yield value;
  }

  entries(): IterableIterator<[string, StoredValue]> {
    return this.#space.entries();
  }

  forEach(call: (value: StoredValue, key: string, store: ObserverStore) => void): void {
    for (const [key, value] of this.#space.entries()) call(value, key, this);
  }

  [Symbol.iterator](): IterableIterator<[string, StoredValue]> {
    return this.#space.entries();
  }
}
