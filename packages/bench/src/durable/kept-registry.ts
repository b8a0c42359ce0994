import { systemClock } from '@panoptes/core';
import { inspectStore, lmdbStore } from '@panoptes/store';
import type { CreateRegistryOptions } from '@panoptes/workers';
import { BenchMismatchError } from '../bench-error.js';
import { checkTallies } from '../systems/fanout-system.js';
import { TallyingRegistry } from '../systems/panoptes-system.js';
import { PeerStream } from '../workload/peer-stream.js';
import { StorePlace, checkKept } from './store-place.js';

/** A registry with a store and observers that count, in which what a caller sent is looked for. */
export class KeptRegistry {
  private constructor(
    readonly durability: Durability,
    readonly tallying: TallyingRegistry,
    readonly stream: PeerStream,
    readonly place: StorePlace,
    readonly path: string,
  ) {}

  static async open(options: KeptOptions): Promise<KeptRegistry> {
    const { dir, durability, observers = 0, peers, seed } = options;
    const place = new StorePlace(dir);
    const path = place.newPath();
    try {
      const kept = { store: lmdbStore({ path }), durability };
      const tallying = await TallyingRegistry.open({ observers, peers, onLag: 'block', kept });
      return new KeptRegistry(durability, tallying, new PeerStream(peers, seed), place, path);
    } catch (error) {
      await place.close();
      throw error;
    }
  }

  /**
   * Has so many changes made, and waits until every observer has handled them and all are on disk.
   *
   * @returns how long that took, and the processor time of all threads; looking whether it is so is in neither
   * @throws {BenchMismatchError} when an observer, or the store, has not got them
   */
  async run(what: string, change: () => Promise<void>): Promise<Spent> {
    const { registry } = this.tallying;
    const before = process.cpuUsage();
    const start = systemClock.monotonic();
    await change();
    // Of those that were told that a change is on disk, none may find that it is not.
    const told = registry.durableSeq!;
    await this.tallying.settled();
    await registry.durable();
    const elapsedMs = systemClock.monotonic() - start;
    const { user, system } = process.cpuUsage(before);
    const { lastSeq } = await inspectStore(this.path);
    const { lastSeq: expected } = registry;
    const found = this.durability === 'commit' ? Math.min(told, lastSeq) : lastSeq;
    if (found !== expected) {
      throw new BenchMismatchError(
        `${what}: expected transaction ${expected} on disk, got ${found}; no figures are reported`,
      );
    }
    checkTallies(what, await this.tallying.takeTallies(), this.stream.takeExpected());
    return { elapsedMs, cpuMicros: user + system };
  }

  /** Closes it, opens the store again and looks for all that was there. */
  async close(): Promise<void> {
    const { registry } = this.tallying;
    const expected = { lastSeq: registry.lastSeq, digest: registry.digest() };
    try {
      await this.tallying.close();
      await checkKept('durable', this.path, expected);
    } finally {
      await this.place.close();
    }
  }
}

/** What a run took. */
export interface Spent {
  readonly elapsedMs: number;
  /** Of all threads. */
  readonly cpuMicros: number;
}

type Durability = NonNullable<CreateRegistryOptions['durability']>;

/** How to open one. */
export interface KeptOptions {
  /** Where its store is. */
  readonly dir: string;
  readonly durability: Durability;
  /** Default: none. */
  readonly observers?: number;
  readonly peers: number;
  readonly seed: string;
}
