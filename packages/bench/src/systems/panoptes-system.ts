import { type ObserverHandle, fileBeside } from '@panoptes/core';
import { type CreateRegistryOptions, type PeerRegistry, createRegistry } from '@panoptes/workers';
import type { TallyObserver } from '../workers/tally-observer.js';
import type { PeerStream } from '../workload/peer-stream.js';
import type { Tally } from '../workload/tally.js';
import { upsertMany } from '../workload/upsert-windows.js';
import type { FanoutSystem } from './fanout-system.js';

/** The module of the observers that count. */
export const tallyModule = fileBeside(import.meta.url, '../workers/tally-observer.js');

/** No observer is given up, however slow the machine is. */
export const patienceMs = 60_000;

/** How to open a registry whose observers count. */
export interface TallyOptions {
  readonly observers: number;
  /** Peers that there will be at most. */
  readonly peers: number;
  /** Default: not waited for. */
  readonly onLag?: 'block' | 'lap';
  /** Default: a thread each. */
  readonly host?: 'thread' | 'process';
  /** Default: followers only. */
  readonly role?: 'critical' | 'best-effort';
  /** Where its peers are kept, and when a command resolves. Default: nowhere. */
  readonly kept?: Pick<CreateRegistryOptions, 'store' | 'durability'>;
}

/** A registry with observers that count, each on a thread of its own or in a process. */
export class TallyingRegistry {
  private constructor(
    readonly registry: PeerRegistry,
    readonly observers: readonly ObserverHandle<NonNullable<TallyObserver['queries']>>[],
  ) {}

  static async open({ observers, peers, kept, ...more }: TallyOptions): Promise<TallyingRegistry> {
    const registry = await createRegistry({
      logger: false,
      ...kept,
      peers: { maxPeers: peers },
      observers: {
        // Room for one that a suite adds.
        maxObservers: observers + 1,
        blockTimeoutMs: patienceMs,
        voteTimeoutMs: patienceMs,
        restart: { minBackoffMs: 1, maxBackoffMs: 1, maxRestarts: 1_000_000 },
      },
    });
    try {
      return new TallyingRegistry(
        registry,
        await Promise.all(
          Array.from({ length: observers }, (_, at) =>
            registry.registerObserver<TallyObserver>({
              module: tallyModule,
              name: `tally-${at + 1}`,
              ...more,
            }),
          ),
        ),
      );
    } catch (error) {
      await registry.close();
      throw error;
    }
  }

  /** Resolves when every observer has handled everything. */
  settled(): Promise<void> {
    return this.registry.settled(undefined, { timeoutMs: patienceMs });
  }

  /** How often observers were overtaken. */
  get resyncs(): number {
    return this.observers.reduce((sum, observer) => sum + observer.stats().resyncs, 0);
  }

  takeTallies(): Promise<Tally[]> {
    return Promise.all(this.observers.map(({ query }) => query.take()));
  }

  close(): Promise<void> {
    return this.registry.close();
  }
}

/** Panoptes through its public interface: plain upserts, many outstanding, no observer lapped. */
export async function openPanoptes(observers: number, stream: PeerStream): Promise<FanoutSystem> {
  const tallying = await TallyingRegistry.open({ observers, peers: stream.size, onLag: 'block' });
  return {
    name: 'panoptes',
    async run(changes) {
      await upsertMany(tallying.registry, changes, () => stream.next());
      await tallying.settled();
    },
    takeTallies: () => tallying.takeTallies(),
    takeExpected: () => stream.takeExpected(),
    close: () => tallying.close(),
  };
}
