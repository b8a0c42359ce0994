import { type Actor, createActor } from 'xstate';
import { type Chance, withDeadline } from '../clock.js';
import type { RegistryConfig } from '../config.js';
import {
  ObserverError,
  ObserverStartError,
  ObserverUnavailableError,
  PanoptesError,
  QueryError,
  QueryTimeoutError,
} from '../errors.js';
import type { ObserverStats } from '../stats/observer-stats.js';
import type { Electorate } from '../voting/electorate.js';
import { CommandGate, type CommandTarget } from './command-gate.js';
import type { ExitReason, ObserverHost, ObserverSpec } from './host.js';
import { Incarnation, type IncarnationSurroundings } from './incarnation.js';
import { timersOf } from './machine-timers.js';
import { type AfterCrash, type ObserverState, observerMachine } from './observer-machine.js';
import { ObserverRecord } from './observer-record.js';
import { afterEnd } from './restart-policy.js';
import { VotingRight } from './voting-right.js';

/** What observers live in. */
export interface ObserverSurroundings extends Omit<IncarnationSurroundings, 'startTimeoutMs'> {
  readonly config: RegistryConfig['observers'];
  readonly chance: Chance;
  readonly electorate: Electorate;
  /** Where commands of observers go. */
  readonly commands: CommandTarget;
  /** Called after every change of an observer's state. */
  readonly changed: (actor: ObserverActor) => void;
  /** Lets a few observers start at a time. */
  readonly startGate: <T>(task: () => Promise<T>) => Promise<T>;
}

/**
 * One observer's actor: drives its incarnations through the states of `observerMachine`, and answers
 * for it. Whatever an incarnation does, calls made here settle.
 */
export class ObserverActor {
  readonly record: ObserverRecord;
  readonly #around: ObserverSurroundings;
  readonly #actor: Actor<typeof observerMachine>;
  /** A critical observer's only. */
  readonly #right: VotingRight | undefined;
  #isStopping = false;

  constructor(spec: ObserverSpec, around: ObserverSurroundings) {
    this.#around = around;
    this.record = new ObserverRecord(spec, around.clock.now());
    this.#right = VotingRight.of(spec, around.electorate);
    this.#actor = createActor(observerMachine, {
      clock: timersOf(around.clock),
      input: {
        work: {
          start: () => around.startGate(() => this.#start()),
          sync: () => this.#sync(),
          follow: () => this.#life.host.follow(this.#right?.join()),
          clearAway: (error) => this.#clearAway(error),
          stop: () => this.#stop(),
        },
      },
    });
    this.#actor.subscribe({
      next: ({ value, context }) => {
        this.#right?.changed(value, context.error);
        around.changed(this);
      },
      error: () => around.changed(this),
    });
  }

  get name(): string {
    return this.record.spec.name;
  }

  get state(): ObserverState {
    return this.#actor.getSnapshot().value;
  }

  /** Whether it will go on by itself: it runs, or it will be started again. */
  get isHopeful(): boolean {
    const { state } = this;
    return state !== 'quarantined' && state !== 'stopping' && state !== 'finished';
  }

  /** The last transaction it has finished. */
  get cursor(): number {
    return this.record.life?.cursor ?? 0;
  }

  /** Whether it is live and has finished everything up to a transaction. */
  hasReached(seq: number): boolean {
    return this.state === 'live' && this.cursor >= seq;
  }

  /**
   * Starts the first incarnation.
   *
   * @throws {ObserverStartError} when it fails before it is live; nothing is left of it then
   */
  async begin(): Promise<void> {
    const live = new Promise<void>((resolve, reject) => {
      const watch = this.#actor.subscribe(({ value }) => {
        if (value === 'live') resolve();
        else if (value === 'crashed' || value === 'stopping') {
          const cause = this.#actor.getSnapshot().context.error;
          reject(
            new ObserverStartError(
              `observer '${this.name}' could not start: ` +
                (cause === undefined ? 'it was stopped' : messageOf(cause)),
              { cause },
            ),
          );
        } else return;
        watch.unsubscribe();
      });
    });
    this.#actor.start();
    try {
      await live;
    } catch (error) {
      await this.end();
      throw error;
    }
  }

  /** Ends the observer for good, whatever it is doing. */
  async end(): Promise<void> {
    this.#actor.send({ type: 'STOP' });
    await this.whenFinished();
  }

  /** Resolves when the observer has ended for good. */
  whenFinished(): Promise<void> {
    return new Promise((resolve) => {
      if (this.state === 'finished') return resolve();
      const watch = this.#actor.subscribe({
        next: ({ value }) => {
          if (value !== 'finished') return;
          watch.unsubscribe();
          resolve();
        },
        complete: resolve,
      });
    });
  }

  /** Gives a quarantined observer another chance. */
  revive(): void {
    this.#actor.send({ type: 'REVIVE' });
  }

  /** Asks the observer a question; see `ObserverHandle.ask`. */
  async ask(query: string, args: readonly unknown[], timeoutMs: number): Promise<unknown> {
    const { name } = this;
    const known = this.record.description?.queries;
    if (known !== undefined && !known.includes(query)) {
      throw new QueryError(
        `observer '${name}' has no query '${query}' (it has: ${known.join(', ') || 'none'})`,
      );
    }
    try {
      return await this.#call(`query '${query}'`, timeoutMs, (host) => host.query(query, args));
    } catch (error) {
      if (!(error instanceof ObserverError) && error instanceof PanoptesError) throw error;
      throw new QueryError(`query '${query}' of observer '${name}' failed: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  /** The observer's own digest of what it holds. */
  async digest(timeoutMs: number): Promise<string> {
    if (this.record.description?.hasDigest === false) {
      throw new QueryError(`observer '${this.name}' has no digest`);
    }
    return this.#call('digest', timeoutMs, (host) => host.digest());
  }

  stats(lastSeq: number): ObserverStats {
    const { name, state, cursor, record } = this;
    return {
      name,
      role: record.spec.role,
      state,
      incarnation: record.incarnation,
      cursor,
      lag: lastSeq - cursor,
      delivered: record.deliveredBefore + (record.life?.delivered ?? 0),
      resyncs: record.resyncs,
      restarts: record.restarts,
      reasons: [...record.reasons],
      registeredAt: record.registeredAt,
      lastError: record.lastError,
      votes: this.#right?.stats(),
      commands: record.commands.stats(),
    };
  }

  get #life(): Incarnation {
    if (this.record.life === undefined) throw new Error('the observer has no incarnation');
    return this.record.life;
  }

  #call<T>(what: string, timeoutMs: number, call: (host: ObserverHost) => Promise<T>): Promise<T> {
    const { life } = this.record;
    if (life === undefined || (this.state !== 'live' && this.state !== 'syncing')) {
      return Promise.reject(
        new ObserverUnavailableError(
          `observer '${this.name}' is ${this.state} and cannot answer a ${what}`,
          { cause: this.record.lastError },
        ),
      );
    }
    return withDeadline(this.#around.clock, call(life.host), timeoutMs, () => {
      return new QueryTimeoutError(
        `observer '${this.name}' did not answer a ${what} within ${timeoutMs} ms`,
      );
    });
  }

  async #start(): Promise<void> {
    // It may have been stopped while it waited for its turn at the gate.
    if (this.#isStopping) throw new Error('the observer was stopped before it could start');
    const { record } = this;
    const { startTimeoutMs } = this.#around.config;
    const around = { ...this.#around, startTimeoutMs };
    const { spec } = record;
    const gate = new CommandGate(around.commands, around.config.maxCommands, record.commands);
    record.life = new Incarnation(spec, ++record.incarnation, around, gate, this.#right?.newSeat());
    record.isSynced = false;
    record.description = await record.life.start();
    this.#right?.check(record.description);
  }

  async #sync(): Promise<void> {
    const { record } = this;
    if (record.isSynced) record.resyncs++;
    await this.#life.sync();
    record.isSynced = true;
  }

  async #clearAway(error: unknown): Promise<AfterCrash> {
    const { record } = this;
    const { clock, chance, config } = this.#around;
    const exit = await this.#endLife((host) => host.kill());
    const cause = exit?.error ?? error;
    record.lastError = cause instanceof Error ? cause : new Error(messageOf(cause));
    record.noteEnd({
      incarnation: record.incarnation,
      at: clock.now(),
      // A step that failed by itself left the thread alive; killing it is no reason of its own.
      code: exit === undefined || exit.code === 'killed' ? 'error' : exit.code,
      message: record.lastError.message,
    });
    const decision = afterEnd(
      record.spec.restart,
      exit?.normal === true,
      record.history,
      clock.monotonic(),
      chance(),
      config.restart,
    );
    if (decision.kind === 'restart') {
      record.history = decision.history;
      record.restarts++;
    }
    return decision;
  }

  async #stop(): Promise<void> {
    this.#isStopping = true;
    const { clock, config } = this.#around;
    const { stopTimeoutMs } = config;
    await this.#endLife(async (host) => {
      const late = () => new Error('the observer did not stop in time');
      await withDeadline(clock, host.stop(), stopTimeoutMs, late).catch(() => undefined);
      await host.kill();
    }, stopTimeoutMs);
  }

  async #endLife(
    how: (host: ObserverHost) => Promise<void>,
    graceMs = 0,
  ): Promise<ExitReason | undefined> {
    const { record } = this;
    const { life } = record;
    if (life === undefined) return undefined;
    const exit = await life.end(how, graceMs);
    // A stop may come while a crash is being cleared away; the life counts once.
    if (record.life === life) {
      record.deliveredBefore += life.delivered;
      record.life = undefined;
    }
    return exit;
  }
}

const messageOf = (e: unknown): string => (e instanceof Error ? e.message : String(e));
