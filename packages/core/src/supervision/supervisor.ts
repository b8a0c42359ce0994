import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import {
  DuplicateObserverError,
  ObserverNotFoundError,
  RegistryClosedError,
  describe,
} from '../errors.js';
import { wakeMainThread } from '../log/progress.js';
import { ObserverRegistryStats } from './observer-stats.js';
import { takeAll } from '../tell-all.js';
import { type DeadLetter, DeadLetters } from './dead-letters.js';
import { EndedObservers } from './ended-observers.js';
import { Eviction } from './eviction.js';
import { HealthWatch } from './health-watch.js';
import type { ObserverSpec } from './observer-terms.js';
import { ObserverActor } from './observer-actor.js';
import { ObserverCap } from './observer-cap.js';
import type { EndCode } from './observer-end.js';
import { type AskOptions, type ObserverHandle, handleOf } from './observer-handle.js';
import { ResumePolicies } from './policies/resume-policies.js';
import { untilSettled } from './settling.js';
import { seqArgument, waitLimitMs } from './wait-arguments.js';
import { StartGate } from './start-gate.js';
import type { SupervisorDeps } from './supervisor-deps.js';
import { Zombies } from './zombies.js';

/** Admits observers up to the cap, keeps one actor for each, and answers for all of them. */
export class Supervisor {
  readonly #deps: SupervisorDeps;
  readonly #logger: Logger;
  readonly #cap: ObserverCap;
  readonly #deadLetters: DeadLetters;
  readonly #watch: HealthWatch;
  /** In the order of registration. */
  readonly #actors = new Map<string, ObserverActor>();
  readonly #startGate: StartGate;
  readonly #zombies: Zombies;
  readonly #ended = new EndedObservers();
  readonly #resumptions = new ResumePolicies();
  readonly #eviction: Eviction;
  #closed = false;

  constructor(deps: SupervisorDeps) {
    const { config, logger } = deps;
    this.#deps = deps;
    this.#logger = logger.child({ actor: 'supervisor' });
    this.#zombies = new Zombies(deps.failed);
    this.#cap = new ObserverCap(config.maxObservers);
    this.#deadLetters = new DeadLetters(config.maxDeadLetters);
    this.#startGate = new StartGate(Math.max(1, availableParallelism()), deps.clock);
    this.#eviction = new Eviction({ ...deps, evict: (name) => this.unregister(name, 'evicted') });
    this.#watch = new HealthWatch({
      ...deps,
      actors: this.#actors,
      looked: () => this.#cleanup(),
    });
    // As a supervisor in OTP takes its children along: none of them is left running.
    const failed = () => void this.close('failed').catch(deps.failed);
    deps.failure.addEventListener('abort', failed, { once: true });
  }

  /** All that are registered, by their names. */
  get observers(): ReadonlyMap<string, ObserverActor> {
    return this.#actors;
  }

  /** Threads that were given up and have not ended. */
  get zombies(): number {
    return this.#zombies.count;
  }

  /**
   * Starts an observer and resolves when it is live.
   *
   * @throws {ObserverLimitError | DuplicateObserverError | ObserverStartError | RegistryClosedError |
   *   RegistryFailedError}
   */
  async register<Queries, Metric extends string>(
    spec: ObserverSpec,
  ): Promise<ObserverHandle<Queries, Metric>> {
    const { failure } = this.#deps;
    failure.throwIfAborted();
    if (this.#closed) throw new RegistryClosedError('the registry is closed; no observer can join');
    if (this.#actors.has(spec.name)) throw new DuplicateObserverError(spec.name);
    this.#cap.check(this.#count());
    const actor = new ObserverActor(spec, {
      ...this.#deps,
      deadLetters: this.#deadLetters,
      startGate: this.#startGate,
      resumption: spec.resume === false ? undefined : this.#resumptions.of(spec.name),
      isClosed: () => this.#closed,
      changed: (changed) => this.#changed(changed),
      givenUp: (incarnation) => this.#zombies.add(actor.lines, incarnation),
    });
    this.#actors.set(spec.name, actor);
    this.#watch.wake();
    try {
      await actor.begin();
    } catch (error) {
      this.#forget(actor);
      failure.throwIfAborted();
      throw error;
    }
    failure.throwIfAborted();
    return this.#handleOf(actor);
  }

  /**
   * The handle of an observer.
   *
   * @throws {ObserverNotFoundError} when there is none of that name
   */
  observer(name: string): ObserverHandle {
    return this.#handleOf(this.#actorOf(name));
  }

  /**
   * Stops an observer and frees all that it had.
   *
   * @returns false when there is none of that name
   */
  async unregister(name: string, code: EndCode = 'unregistered'): Promise<boolean> {
    const actor = this.#actors.get(name);
    if (actor === undefined) return false;
    await actor.end(code);
    this.#forget(actor);
    return true;
  }

  /**
   * Starts a quarantined observer again; one that is not quarantined goes on as it is.
   *
   * @throws {ObserverNotFoundError | ObserverLimitError} since a quarantined one has given up its place
   * @throws {RegistryFailedError}
   */
  revive(name: string): void {
    this.#deps.failure.throwIfAborted();
    const actor = this.#actorOf(name);
    if (actor.state !== 'quarantined') return;
    this.#cap.check(this.#count());
    actor.revive();
  }

  /**
   * Evicts every observer that was inactive for longer than `timeoutMs`.
   *
   * @returns how many were evicted
   */
  evictStale(timeoutMs: number): Promise<number> {
    return this.#eviction.evictStale(this.#actors.values(), timeoutMs);
  }

  /** Transactions that ended incarnations of observers, the last ones, oldest first. */
  deadLetters(): DeadLetter[] {
    return this.#deadLetters.list();
  }

  /**
   * Resolves when every observer that is neither given up nor paused has finished a transaction; one
   * that is being restarted is waited for.
   *
   * @throws {SettleTimeoutError} naming those that have not, in time
   * @throws {ConfigError | RegistryFailedError}
   */
  async settled(seq: number, options: AskOptions | undefined): Promise<void> {
    const last = seqArgument(seq);
    const limitMs = waitLimitMs(options);
    return untilSettled(this.#deps, last, limitMs, () => this.#behind(last));
  }

  /** `settled` for the end: one that has to wait before it is restarted is not waited for. */
  drained(seq: number, timeoutMs: number): Promise<void> {
    const behind = () => this.#behind(seq).filter(({ state }) => state !== 'backoff');
    return untilSettled(this.#deps, seq, timeoutMs, behind);
  }

  stats(): ObserverRegistryStats {
    const { clock, log } = this.#deps;
    const { lastSeq } = log.writer;
    const observers = Array.from(this.#actors.values(), (actor) => actor.stats(lastSeq));
    return new ObserverRegistryStats(this.#cap.max, observers, clock.now(), {
      ended: this.#ended.list(clock.monotonic()),
      evicted: this.#eviction.evicted,
      zombies: this.zombies,
      deadLetters: this.#deadLetters.total,
    });
  }

  /** Stops all observers, the last registered first; one that hangs is killed at its deadline. */
  async close(code: EndCode = 'closed'): Promise<void> {
    this.#closed = true;
    const names = [...this.#actors.keys()].reverse();
    const stops = names.map((name) => () => this.unregister(name, code));
    await takeAll(...stops, () => this.#watch.stop());
  }

  #handleOf<Queries, Metric extends string>(actor: ObserverActor): ObserverHandle<Queries, Metric> {
    const { config, log } = this.#deps;
    return handleOf(actor, config.queryTimeoutMs, () => log.writer.lastSeq);
  }

  #actorOf(name: string): ObserverActor {
    const actor = this.#actors.get(name);
    if (actor !== undefined) return actor;
    throw new ObserverNotFoundError(`there is no observer ${describe(name)}`);
  }

  /** Those that count against the cap. */
  #count(): number {
    let count = 0;
    for (const { state } of this.#actors.values()) if (state !== 'quarantined') count++;
    return count;
  }

  #behind(seq: number): ObserverActor[] {
    return [...this.#actors.values()].filter(
      (actor) => actor.isHopeful && actor.pausedAt === undefined && !actor.hasReached(seq),
    );
  }

  #cleanup(): void {
    const { enableCleanup, observerTimeoutSecs } = this.#deps.config;
    if (enableCleanup) void this.evictStale(observerTimeoutSecs * 1000).catch(this.#deps.failed);
  }

  #changed(actor: ObserverActor): void {
    const { log } = this.#deps;
    const { state, record, lines } = actor;
    const fields = { incarnation: record.incarnation, state };
    if (state === 'quarantined') {
      const { restarts } = record;
      lines.say(
        'warn',
        fields,
        `given up after ${restarts} restarts; reviveObserver brings it back`,
      );
    } else {
      lines.say('info', fields, `observer ${state}`);
    }
    if (state === 'stopped' || state === 'evicted') this.#forget(actor);
    this.#watchCap();
    // Callers that wait for cursors wait for states as well.
    wakeMainThread(log.memory.words);
  }

  #watchCap(): void {
    const count = this.#count();
    const { max } = this.#cap;
    switch (this.#cap.crossed(count)) {
      case 'near':
        return this.#logger.warn({ count, max }, 'observers near their limit');
      case 'clear':
        return this.#logger.warn({ count, max }, 'observers no longer near their limit');
    }
  }

  #forget(actor: ObserverActor): void {
    if (this.#actors.get(actor.name) !== actor) return;
    this.#actors.delete(actor.name);
    const { clock, log } = this.#deps;
    if (actor.endedByItself) this.#ended.add(actor.stats(log.writer.lastSeq), clock.monotonic());
  }
}
