import { execFileSync } from 'node:child_process';
import type { ObserverHandle } from '@panoptes/core';
import {
  type CreateRegistryOptions,
  type ObserverRegistration,
  type PeerRegistry,
  createRegistry,
} from '@panoptes/workers';
import { peerNamed } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';

/** A registry with observers in processes, which misbehave when they are told to. */
export class ProcessScene {
  readonly registry: PeerRegistry;
  #number = 0;

  private constructor(registry: PeerRegistry) {
    this.registry = registry;
  }

  static async begin(options: CreateRegistryOptions = {}): Promise<ProcessScene> {
    return new ProcessScene(
      await createRegistry({
        logger: false,
        log: { logBytes: 2 ** 20 },
        observers: {
          hangTimeoutMs: 1_000,
          restart: { minBackoffMs: 1, maxBackoffMs: 2, maxRestarts: 100 },
        },
        ...options,
      }),
    );
  }

  /** One in which nobody is taken to hang, however slow the machine is: what is looked for is something else. */
  static patient(options: CreateRegistryOptions = {}): Promise<ProcessScene> {
    const restart = { minBackoffMs: 1, maxBackoffMs: 2, maxRestarts: 100 };
    return ProcessScene.begin({ observers: { hangTimeoutMs: 120_000, restart }, ...options });
  }

  register(given: Partial<ObserverRegistration> = {}): Promise<ObserverHandle> {
    return this.registry.registerObserver({ module, host: 'process', ...given } as never);
  }

  /** Commits so many transactions, many at once. */
  async commit(count: number): Promise<void> {
    const some = Array.from({ length: count }, () => {
      const trafficRouted = this.#number++;
      return this.registry.upsert(peerNamed(`peer ${trafficRouted % 500}`, { trafficRouted }));
    });
    await Promise.all(some);
  }

  /** Waits until an observer has been restarted so often, and is live. */
  async restarted(observer: ObserverHandle, restarts = 1): Promise<void> {
    await until('it was restarted', () => observer.stats().restarts >= restarts);
    await until('it is live', () => observer.stats().state === 'live');
  }

  /**
   * Has an observer do something with the next transaction, and waits until its next incarnation has
   * come to the end of the log.
   *
   * @returns why it was restarted
   */
  async restartedBy(observer: ObserverHandle, deed: string): Promise<string | undefined> {
    const { restarts } = observer.stats();
    await ask(observer, 'next', deed);
    await this.commit(1);
    await this.restarted(observer, restarts + 1);
    await this.commit(10);
    await this.registry.settled();
    return observer.stats().reasons.at(-1)?.code;
  }
}

const module = new URL('../fixtures/contained.observer.mjs', import.meta.url);

export const ask = <T>(observer: ObserverHandle, query: string, ...args: unknown[]): Promise<T> =>
  observer.ask(query, args) as Promise<T>;

/** What an observer says of what it was handed. */
export interface Told {
  readonly peers: number;
  readonly snapshots: number;
  readonly seqs: number;
  readonly last: number;
  /** How often a seq did not follow on the one before. */
  readonly gaps: number;
  /** Proposals of whose end it was told. */
  readonly aborted: number;
}

export const told = (observer: ObserverHandle): Promise<Told> => ask(observer, 'told');

export const pidOf = (observer: ObserverHandle): Promise<number> => ask(observer, 'pid');

/** Children of a process that have ended, and that it has not noticed. */
export function zombiesOf(pid: number): string[] {
  const all = execFileSync('ps', ['-A', '-o', 'ppid=,stat=,comm='], { encoding: 'utf8' });
  return all.split('\n').filter((line) => new RegExp(`^\\s*${pid}\\s+Z`).test(line));
}
