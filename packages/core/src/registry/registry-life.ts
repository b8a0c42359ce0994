import { newId } from '../clock.js';
import { type RegistryOptions, resolveConfig } from '../config.js';
import type { RunOrigin } from '../log/run-format.js';
import { fieldsHash } from '../peers/fields-hash.js';
import { openStore } from './open-store.js';
import type { KeptState, OpenedStore, RegistryStore } from './registry-store.js';

/**
 * One life of a registry: the time from its start to its end in one process. The next goes on with the
 * peers of a store, under the same id, with a higher epoch and seqs that follow on the last.
 *
 * A replica's is that of its primary, as far as it knows; promoted, it has one of its own.
 */
export class RegistryLife implements RunOrigin {
  readonly id: string;
  /** The last transaction before it; 0 when there was none. */
  readonly lastSeq: number;
  /** When that was handed in, Unix milliseconds; of no meaning without one. */
  readonly lastTime: number;
  #epoch: number;
  #store: OpenedStore | undefined;
  #isReplica: boolean;

  /**
   * @param store - an open one; without, this is the only life of a registry whose peers are kept nowhere
   * @param replicated - where the primary was of which this is a replica
   */
  constructor(store?: OpenedStore, replicated?: KeptState) {
    const { id, epoch, lastSeq, lastTime } = store?.kept ??
      replicated ?? { id: newId(), epoch: 1, lastSeq: 0, lastTime: 0 };
    this.id = id;
    this.#epoch = epoch;
    this.lastSeq = lastSeq;
    this.lastTime = lastTime;
    this.#store = store;
    this.#isReplica = store === undefined && replicated !== undefined;
  }

  /** 1 in the first, or only, life. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Where its peers are kept, if they are. */
  get store(): OpenedStore | undefined {
    return this.#store;
  }

  /** Whether its transactions are those of a primary. */
  get isReplica(): boolean {
    return this.#isReplica;
  }

  /** What is replicated is of another life of the primary from now on. */
  follow(epoch: number): void {
    this.#epoch = epoch;
  }

  /** Its own life is over: its transactions are those of a primary again. */
  demote(): void {
    this.#store = undefined;
    this.#isReplica = true;
  }

  /** The replica's own life begins. */
  promote(epoch: number, store: OpenedStore | undefined): void {
    this.#epoch = epoch;
    this.#store = store;
    this.#isReplica = false;
  }
}

/**
 * Opens a store, and begins the next life of the registry whose peers it keeps.
 *
 * @param options - the registry's, which say how long it may take
 * @throws {ConfigError} when an option is not one it can be
 * @throws {StoreError} when it cannot be opened, or is not what a store is
 */
export async function openLife(
  store: RegistryStore,
  options: RegistryOptions = {},
): Promise<RegistryLife> {
  const limits = resolveConfig(options);
  return new RegistryLife(await openStore(store, { id: newId(), fields: fieldsHash }, limits));
}
