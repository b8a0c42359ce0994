import type { Logger } from 'pino';
import { type Actor, createActor } from 'xstate';
import { type Chance, withDeadline } from '../clock.js';
import type { RegistryConfig } from '../config.js';
import { ObserverKilledError, ObserverStartError } from '../errors.js';
import type { ObserverStats } from '../stats/observer-stats.js';
import type { Electorate } from '../voting/electorate.js';
import { CommandGate, type CommandTarget } from './command-gate.js';
import type { DeadLetters } from './dead-letters.js';
import type { ExitReason, ObserverHost, ObserverSpec } from './host.js';
import { Incarnation, type IncarnationSurroundings } from './incarnation.js';
import { isLagging } from './lag-policy.js';
import { timersOf } from './machine-timers.js';
import { ObserverCalls, messageOf } from './observer-calls.js';
import type { EndCode, ObserverEnd } from './observer-end.js';
import {
  type AfterCrash,
  type ObserverState,
  idleStates,
  observerMachine,
  runningStates,
} from './observer-machine.js';
import { ObserverOutput } from './observer-output.js';
import { ObserverRecord } from './observer-record.js';
import { writeOff } from './post-mortem.js';
import { Repeats } from './repeats.js';
import { afterEnd } from './restart-policy.js';
import { VotingRight } from './voting-right.js';

/** What observers live in. */
export interface ObserverSurroundings extends Omit<IncarnationSurroundings, 'startTimeoutMs'> {
  readonly config: RegistryConfig['observers'];
  readonly chance: Chance;
  readonly logger: Logger;
  readonly deadLetters: DeadLetters;
  readonly electorate: Electorate;
  /** Where commands of observers go. */
  readonly commands: CommandTarget;
  /** Called after every change of an observer's state. */
  readonly changed: (actor: ObserverActor) => void;
  /** Called when there is a bug in here. */
  readonly failed: (cause: unknown) => void;
  /** Called when an incarnation was given up whose thread does not end. */
  readonly givenUp: (life: Incarnation) => void;
  /** Lets a few observers start at a time. */
  readonly startGate: <T>(task: () => Promise<T>) => Promise<T>;
}

/**
 * One observer's actor: drives its incarnations through the states of `observerMachine`, and answers
 * for it. Whatever an incarnation does, calls made here settle.
 */
export class ObserverActor {
  readonly record: ObserverRecord;
  readonly calls: ObserverCalls;
  readonly output: ObserverOutput;
  readonly logger: Logger;
  /** What was said of it and may be said again only later. */
  readonly repeats = new Repeats();
  /** Resolves when the observer is gone for good, with why and how. */
  readonly ended: Promise<ObserverEnd>;
  readonly #around: ObserverSurroundings;
  readonly #actor: Actor<typeof observerMachine>;
  /** A critical observer's only. */
  readonly #right: VotingRight | undefined;
  #isStopping = false;
  #endCode: EndCode = 'ended';
  #exit: ObserverEnd['exit'] = 'none';

  constructor(spec: ObserverSpec, around: ObserverSurroundings) {
    const { clock, config } = around;
    this.#around = around;
    this.logger = around.logger.child({ actor: 'observer', observer: spec.name });
    this.output = new ObserverOutput(this.logger, config.outputLinesPerSec, clock.monotonic());
    this.record = new ObserverRecord(spec, clock);
    this.calls = new ObserverCalls(this.record, clock, () => this.state);
    this.#right = VotingRight.of(spec, around.electorate);
    this.#actor = createActor(observerMachine, {
      clock: timersOf(clock),
      input: {
        work: {
          start: () => around.startGate(() => this.#start()),
          sync: () => this.#sync(),
          follow: () => this.#life.host.follow(this.#right?.join()),
          clearAway: (error) =>
            this.#clearAway(error).catch((cause: unknown) => {
              around.failed(cause);
              throw cause;
            }),
          stop: () => this.#stop(),
        },
      },
    });
    this.#actor.subscribe({
      next: ({ context }) => {
        // Thrown from here, a bug would end the process instead of the registry.
        try {
          this.#right?.changed(this.state, context.error);
          around.changed(this);
        } catch (cause) {
          around.failed(cause);
        }
      },
      error: around.failed,
    });
    this.ended = new Promise((resolve) => {
      const end = (): void =>
        resolve({ code: this.#endCode, exit: this.#exit, error: this.record.lastError });
      // An actor that ends with a bug has ended as well.
      this.#actor.subscribe({ complete: end, error: end });
    });
  }

  get name(): string {
    return this.record.spec.name;
  }

  get state(): ObserverState {
    const { value } = this.#actor.getSnapshot();
    return typeof value === 'string' ? value : value.following;
  }

  /** Whether it follows the log. */
  get isFollowing(): boolean {
    const { state } = this;
    return state === 'live' || state === 'lagging';
  }

  /** Whether it will go on by itself: it runs, or it will be started again. */
  get isHopeful(): boolean {
    return !idleStates.includes(this.state);
  }

  /** Whether it is gone without having been asked to go. */
  get endedByItself(): boolean {
    return this.state === 'stopped' && this.#endCode === 'ended';
  }

  /** Whether it follows the log and has finished everything up to a transaction. */
  hasReached(seq: number): boolean {
    return this.isFollowing && this.record.cursor >= seq;
  }

  /**
   * Starts the first incarnation.
   *
   * @throws {ObserverStartError} when it fails before it is live; nothing is left of it then
   */
  async begin(): Promise<void> {
    const live = new Promise<void>((resolve, reject) => {
      const watch = this.#actor.subscribe(() => {
        const { state } = this;
        if (state === 'live') resolve();
        else if (state === 'crashed' || state === 'stopping') {
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
      await live.then(() => this.record.touch());
    } catch (error) {
      await this.end('start-failed');
      throw error;
    }
  }

  /** Ends the observer for good, whatever it is doing. */
  async end(code: EndCode): Promise<void> {
    if (this.isHopeful || this.state === 'quarantined') this.#endCode = code;
    const { status } = this.#actor.getSnapshot();
    if (status === 'active') this.#actor.send({ type: 'STOP', isEvicted: code === 'evicted' });
    await this.ended;
  }

  /** Gives a quarantined observer another chance. */
  revive(): void {
    this.#actor.send({ type: 'REVIVE' });
  }

  /**
   * Ends the incarnation by force; what comes next is as after any other failure.
   *
   * @param reason - why, as in `RestartReason`
   */
  condemn(life: Incarnation, reason: string, message: string): void {
    if (this.record.life !== life || !runningStates.includes(this.state)) return;
    const error = new ObserverKilledError(reason, `observer '${this.name}' ${message}`);
    const isStuck = reason === 'hung' || reason === 'stuck' || reason === 'stalled';
    this.#actor.send({ type: 'CONDEMN', isStuck, error });
  }

  /** Sees how far it is behind; its state says so from then on. */
  noteLag(): void {
    const { state } = this;
    const { life } = this.record;
    if (life === undefined || !this.isFollowing) return;
    const lags = isLagging(
      state === 'lagging',
      life.bytesBehind,
      this.#around.log.memory.u8.length,
    );
    if (lags !== (state === 'lagging')) this.#actor.send({ type: lags ? 'LAG' : 'KEPT_UP' });
  }

  stats(lastSeq: number): ObserverStats {
    this.noteLag();
    return this.record.stats(this.state, lastSeq, this.#right?.stats());
  }

  get #life(): Incarnation {
    if (this.record.life === undefined) throw new Error('the observer has no incarnation');
    return this.record.life;
  }

  async #start(): Promise<void> {
    // It may have been stopped while it waited for its turn at the gate.
    if (this.#isStopping) throw new Error('the observer was stopped before it could start');
    const { record } = this;
    const { spec } = record;
    const around = { ...this.#around, ...this.#around.config };
    const gate = new CommandGate(around.commands, around.config.maxCommands, record.commands);
    record.life = new Incarnation(spec, ++record.incarnation, around, gate, this.#right?.newSeat());
    record.snapshots.newLife();
    record.description = await record.life.start();
    this.#right?.check(record.description);
  }

  async #sync(): Promise<void> {
    const life = this.#life;
    const { clock, config } = this.#around;
    const delayMs = this.record.snapshots.next(life.delivered, config.maxResyncs);
    if (delayMs === undefined) {
      throw new ObserverKilledError(
        'lapped',
        `observer '${this.name}' was overtaken more than ${config.maxResyncs} times in a row ` +
          '(maxResyncs) before it had handled a transaction',
      );
    }
    if (delayMs > 0) await new Promise<void>((resolve) => clock.after(delayMs, resolve));
    await life.sync();
  }

  async #clearAway(error: unknown): Promise<AfterCrash> {
    const { clock, chance, config, deadLetters } = this.#around;
    const { record } = this;
    const { life } = record;
    const exit = await this.#endLife((host) => host.kill());
    writeOff({ record, life, exit, error, at: clock.now(), deadLetters });
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
    const exit = await this.#endLife(async (host) => {
      const late = () => new Error('the observer did not stop in time');
      await withDeadline(clock, host.stop(), stopTimeoutMs, late).catch(() => undefined);
      await host.kill();
    }, stopTimeoutMs);
    this.#exit = exit?.code ?? 'none';
  }

  async #endLife(
    how: (host: ObserverHost) => Promise<void>,
    graceMs = 0,
  ): Promise<ExitReason | undefined> {
    const { record } = this;
    const { life } = record;
    if (life === undefined) return undefined;
    const exit = await life.end(how, graceMs);
    if (record.life === life) {
      if (exit.code === 'zombie') this.#around.givenUp(life);
      this.output.drain(life.host.health, life.number, this.#around.clock.monotonic());
    }
    record.closeLife(life);
    return exit;
  }
}
