import { type Clock, type ObserverHandle, withDeadline } from '@panoptes/core';
import {
  type Canary,
  type IsolatingHost,
  type VictimModule,
  canaryModule,
} from '@panoptes/testkit';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { pino } from 'pino';
import { SteadyLoad } from './steady-load.js';

/** A registry under a steady load with nine well-behaved observers, and one place to fill. */
export class Testbed {
  readonly registry: PeerRegistry;
  readonly load: SteadyLoad;
  readonly host: IsolatingHost;
  readonly clock: Clock;
  readonly #canaries: readonly CanaryHandle[];
  /** The log's lines. */
  readonly #warnings: readonly string[];
  readonly #rate: number;
  readonly #signal: AbortSignal | undefined;

  private constructor(
    registry: PeerRegistry,
    canaries: readonly CanaryHandle[],
    warnings: readonly string[],
    { host, rate, clock, signal }: TestbedOptions,
  ) {
    this.registry = registry;
    this.host = host;
    this.clock = clock;
    this.#canaries = canaries;
    this.#warnings = warnings;
    this.#rate = rate;
    this.#signal = signal;
    this.load = new SteadyLoad(registry, rate, clock);
  }

  static async open(options: TestbedOptions): Promise<Testbed> {
    const warnings: string[] = [];
    const registry = await createRegistry({
      observers: {
        hangTimeoutMs,
        memoryLimitMb,
        restart: { minBackoffMs: 10, maxBackoffMs: 100 },
      },
      logger: pino({ level: 'warn' }, { write: (line) => void warnings.push(line) }),
    });
    const canaries = await Promise.all(
      Array.from({ length: others }, (_, at) =>
        registry.registerObserver<Canary>({
          module: canaryModule(),
          host: options.host,
          name: `canary-${at + 1}`,
          onLag: 'block',
        }),
      ),
    );
    const testbed = new Testbed(registry, canaries, warnings, options);
    await testbed.#warmUp();
    return testbed;
  }

  /** Registers the observer that is going to misbehave. */
  admit({ module }: VictimModule): Promise<ObserverHandle> {
    return this.registry.registerObserver({ module, name: victimName, host: this.host });
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
    return this.#canaries.reduce((sum, one) => sum + one.stats().delivered, 0);
  }

  /** Transactions that each of the nine has handled, as it counts itself. The load must be off. */
  async testimony(): Promise<readonly number[]> {
    const { lastSeq } = this.registry;
    await this.until(() => this.#canaries.every((one) => one.stats().cursor >= lastSeq));
    return Promise.all(this.#canaries.map((one) => one.query.seen()));
  }

  /** What an observer that has seen everything says of it. */
  digest(): Promise<string> {
    return this.#canaries[0]!.digest();
  }

  /** Resolves with whether a condition holds within `limitMs`, and before the signal. */
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

/** Observers beside the one that misbehaves. */
export const others = 9;

const victimName = 'victim';
/** Short, for the matrix's own sake, and longer than native code that is merely slow. */
const hangTimeoutMs = 3_000;
/** Megabytes; an observer here uses some 15. */
const memoryLimitMb = 128;
const pollMs = 5;
const warmUpMs = 500;
/** Far above what anything takes: only what is broken gets here. */
const patienceMs = 30_000;

type CanaryHandle = ObserverHandle<Canary['queries'] & object>;

/** What an testbed is opened with. */
export interface TestbedOptions {
  /** Where all its observers run. */
  readonly host: IsolatingHost;
  /** Upserts a second. */
  readonly rate: number;
  readonly clock: Clock;
  /** Ends all waiting. */
  readonly signal?: AbortSignal;
}
