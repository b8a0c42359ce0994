import { type Clock, type ObserverHandle, fileBeside, withDeadline } from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { pino } from 'pino';
import type { VictimModule } from '../fault-module.js';
import type witness from '../witness.js';
import { SteadyLoad } from './steady-load.js';

/** Observers beside the one that misbehaves. */
export const others = 9;

const witnessModule = fileBeside(import.meta.url, '../witness.js');
const victimName = 'victim';
/** The lowest there is, for the matrix's own sake; operators would wait longer. */
const hangTimeoutMs = 1_000;
/** Megabytes; an observer here uses some 15. */
const memoryLimitMb = 128;
const pollMs = 5;
const warmUpMs = 500;
/** Far above what anything takes: only what is broken gets here. */
const patienceMs = 30_000;

type Witness = ObserverHandle<(typeof witness)['queries'] & object>;

/** What an arena is opened with. */
export interface ArenaOptions {
  /** Upserts a second. */
  readonly rate: number;
  readonly clock: Clock;
  /** Ends all waiting. */
  readonly signal?: AbortSignal;
}

/** A registry under a steady load with nine well-behaved observers, and one place to fill. */
export class Arena {
  readonly registry: PeerRegistry;
  readonly load: SteadyLoad;
  readonly clock: Clock;
  readonly #witnesses: readonly Witness[];
  /** The log's lines. */
  readonly #warnings: readonly string[];
  readonly #rate: number;
  readonly #signal: AbortSignal | undefined;

  private constructor(
    registry: PeerRegistry,
    witnesses: readonly Witness[],
    warnings: readonly string[],
    { rate, clock, signal }: ArenaOptions,
  ) {
    this.registry = registry;
    this.clock = clock;
    this.#witnesses = witnesses;
    this.#warnings = warnings;
    this.#rate = rate;
    this.#signal = signal;
    this.load = new SteadyLoad(registry, rate, clock);
  }

  static async open(options: ArenaOptions): Promise<Arena> {
    const warnings: string[] = [];
    const registry = await createRegistry({
      observers: {
        hangTimeoutMs,
        memoryLimitMb,
        restart: { minBackoffMs: 10, maxBackoffMs: 100 },
      },
      logger: pino({ level: 'warn' }, { write: (line) => void warnings.push(line) }),
    });
    const witnesses = await Promise.all(
      Array.from({ length: others }, (_, at) =>
        registry.registerObserver<typeof witness>({
          module: witnessModule,
          name: `witness-${at + 1}`,
          onLag: 'block',
        }),
      ),
    );
    const arena = new Arena(registry, witnesses, warnings, options);
    await arena.#warmUp();
    return arena;
  }

  /** Registers the observer that is going to misbehave. */
  admit({ module }: VictimModule): Promise<ObserverHandle> {
    return this.registry.registerObserver({ module, name: victimName });
  }

  /** The first transaction that is still to come in so many milliseconds. */
  seqIn(ms: number): number {
    return this.registry.lastSeq + 1 + Math.ceil((this.#rate * ms) / 1000);
  }

  /** How many warnings have been logged. */
  get warned(): number {
    return this.#warnings.length;
  }

  /** The codes of the warnings about the victim after so many. */
  warningsAfter(count: number): string[] {
    return this.#warnings.slice(count).flatMap((line) => {
      const { observer, code } = JSON.parse(line) as { observer?: string; code?: string };
      return observer === victimName && code !== undefined ? [code] : [];
    });
  }

  /** Transactions that the nine have handled, all together, as the supervisor counts. */
  handled(): number {
    return this.#witnesses.reduce((sum, one) => sum + one.stats().delivered, 0);
  }

  /** Transactions that each of the nine has handled, as it counts itself. The load must be off. */
  async testimony(): Promise<readonly number[]> {
    const { lastSeq } = this.registry;
    await this.until(() => this.#witnesses.every((one) => one.stats().cursor >= lastSeq));
    return Promise.all(this.#witnesses.map((one) => one.query.seen()));
  }

  /** What an observer that has seen everything says of it. */
  digest(): Promise<string> {
    return this.#witnesses[0]!.digest();
  }

  /** Resolves with whether a condition comes to hold within `limitMs`, and before the signal. */
  async until(condition: () => boolean, limitMs = patienceMs): Promise<boolean> {
    const start = this.clock.monotonic();
    while (!condition()) {
      if (this.#signal?.aborted === true) return false;
      if (this.clock.monotonic() - start > limitMs) return false;
      await this.pause(pollMs);
    }
    return true;
  }

  /** Code that has not run for a while is not yet fast, on any of the threads. */
  async #warmUp(): Promise<void> {
    this.load.start();
    await this.pause(warmUpMs);
    await this.load.stop();
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.after(ms, resolve));
  }

  close(): Promise<void> {
    return withDeadline(
      this.clock,
      this.registry.close(),
      patienceMs,
      () => new Error('the registry does not close'),
    );
  }
}
