import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import { type Chance, type Clock, withDeadline } from '../clock.js';
import type { RegistryConfig } from '../config.js';
import {
  ConfigError,
  DuplicateObserverError,
  ObserverLimitError,
  ObserverNotFoundError,
  RegistryClosedError,
  SettleTimeoutError,
  describe,
} from '../errors.js';
import type { ChangeLog } from '../log/change-log.js';
import { wakeMainThread } from '../log/progress.js';
import type { SnapshotTaker } from '../log/snapshot.js';
import { ObserverRegistryStats } from '../stats/observer-stats.js';
import type { Electorate } from '../voting/electorate.js';
import type { CommandTarget } from './command-gate.js';
import type { HostFactory, ObserverSpec } from './host.js';
import { ObserverActor } from './observer-actor.js';
import { type AskOptions, type ObserverHandle, handleOf } from './observer-handle.js';

/** What a supervisor works with. */
export interface SupervisorParts {
  readonly log: ChangeLog;
  readonly snapshots: SnapshotTaker;
  readonly electorate: Electorate;
  readonly commands: CommandTarget;
  readonly makeHost: HostFactory;
  readonly config: RegistryConfig['observers'];
  readonly logger: Logger;
  readonly clock: Clock;
  readonly chance: Chance;
}

/** Admits observers up to the cap, keeps one actor for each, and answers for all of them. */
export class Supervisor {
  readonly #parts: SupervisorParts;
  /** In the order of registration. */
  readonly #actors = new Map<string, ObserverActor>();
  /** A thread that starts keeps a core busy: more at once would only slow each other down. */
  readonly #startGate = pLimit(Math.max(1, availableParallelism()));
  #closed = false;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
  }

  /**
   * Starts an observer and resolves when it is live.
   *
   * @throws {ObserverLimitError | DuplicateObserverError | ObserverStartError | RegistryClosedError}
   */
  async register<Queries>(spec: ObserverSpec): Promise<ObserverHandle<Queries>> {
    if (this.#closed) throw new RegistryClosedError('the registry is closed; no observer can join');
    if (this.#actors.has(spec.name)) throw new DuplicateObserverError(spec.name);
    this.#checkRoom();
    const actor = new ObserverActor(spec, {
      ...this.#parts,
      startGate: this.#startGate,
      changed: (changed) => this.#changed(changed),
    });
    this.#actors.set(spec.name, actor);
    try {
      await actor.begin();
    } catch (error) {
      this.#forget(actor);
      throw error;
    }
    return handleOf(
      actor,
      (options) => this.#timeout(options),
      () => this.#parts.log.writer.lastSeq,
    );
  }

  /**
   * Stops an observer and frees all that it had.
   *
   * @returns false when there is none of that name
   */
  async unregister(name: string): Promise<boolean> {
    const actor = this.#actors.get(name);
    if (actor === undefined) return false;
    await actor.end();
    this.#forget(actor);
    return true;
  }

  /**
   * Starts a quarantined observer again; one that is not quarantined goes on as it is.
   *
   * @throws {ObserverNotFoundError | ObserverLimitError} since a quarantined one has given up its place
   */
  revive(name: string): void {
    const actor = this.#actors.get(name);
    if (actor === undefined) throw new ObserverNotFoundError(`there is no observer '${name}'`);
    if (actor.state !== 'quarantined') return;
    this.#checkRoom();
    actor.revive();
  }

  /**
   * Resolves when every observer that has not been given up has finished a transaction; one that is
   * being restarted is waited for.
   *
   * @throws {SettleTimeoutError} naming those that have not, after `timeoutMs`
   */
  async settled(seq: number, timeoutMs: number): Promise<void> {
    const { log, clock, electorate } = this.#parts;
    let isLate = false;
    const wait = async (): Promise<void> => {
      for (;;) {
        const moved = log.progress.moved();
        log.doorbell.ring();
        electorate.nudge();
        if (isLate || this.#behind(seq).length === 0) return;
        await moved;
      }
    };
    await withDeadline(clock, wait(), timeoutMs, () => {
      isLate = true;
      wakeMainThread(log.memory.words);
      const names = this.#behind(seq).map(({ name, state }) => `${name} (${state})`);
      return new SettleTimeoutError(
        `after ${timeoutMs} ms not every observer has reached seq ${seq}: ${names.join(', ')}`,
      );
    });
  }

  stats(): ObserverRegistryStats {
    const { config, clock, log } = this.#parts;
    const { lastSeq } = log.writer;
    return new ObserverRegistryStats(
      config.maxObservers,
      Array.from(this.#actors.values(), (actor) => actor.stats(lastSeq)),
      clock.now(),
    );
  }

  /** Stops all observers, the last registered first; one that hangs is killed at its deadline. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const name of [...this.#actors.keys()].reverse()) await this.unregister(name);
  }

  #checkRoom(): void {
    const { maxObservers } = this.#parts.config;
    let count = 0;
    for (const { state } of this.#actors.values()) if (state !== 'quarantined') count++;
    if (count >= maxObservers) throw new ObserverLimitError(count, maxObservers);
  }

  #behind(seq: number): ObserverActor[] {
    return [...this.#actors.values()].filter((actor) => actor.isHopeful && !actor.hasReached(seq));
  }

  #changed(actor: ObserverActor): void {
    const { logger, log } = this.#parts;
    const { state, record } = actor;
    const fields = { observer: actor.name, incarnation: record.incarnation };
    if (state === 'backoff' || state === 'quarantined') {
      logger.warn({ ...fields, err: record.lastError }, `observer ${state}`);
    } else {
      logger.info(fields, `observer ${state}`);
    }
    if (state === 'finished') this.#forget(actor);
    // Whoever waits for cursors waits for states as well.
    wakeMainThread(log.memory.words);
  }

  #forget(actor: ObserverActor): void {
    if (this.#actors.get(actor.name) === actor) this.#actors.delete(actor.name);
  }

  #timeout(options: AskOptions | undefined): number {
    const timeoutMs = options?.timeoutMs ?? this.#parts.config.queryTimeoutMs;
    if (Number.isFinite(timeoutMs) && timeoutMs > 0) return timeoutMs;
    throw new ConfigError(
      `timeoutMs: expected milliseconds above 0, got ${describe(options?.timeoutMs)}`,
    );
  }
}
