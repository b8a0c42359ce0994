import { waitFor } from 'xstate';
import { ObserverCrashedError, ObserverKilledError } from '../errors.js';
import { failFast } from '../fail-fast.js';
import type { ObserverStats } from './observer-stats.js';
import { catchUp } from './catch-up.js';
import { CommandGate } from './command-gate.js';
import type { ObserverSpec } from './observer-terms.js';
import { Incarnation } from './incarnation.js';
import { IncarnationEnds } from './incarnation-ends.js';
import { isLagging } from './policies/lag-policy.js';
import type { ObserverActorDeps } from './observer-actor-deps.js';
import { ObserverCalls } from './observer-calls.js';
import { type EndCode, type ObserverEnd, startError } from './observer-end.js';
import {
  type AfterCrash,
  type ObserverMachine,
  makeObserverMachine,
  stateOf,
} from './observer-machine.js';
import type { FollowEnd } from './host.js';
import { ObserverControl } from './observer-control.js';
import type { OwnerCalls } from './owner-calls.js';
import { openSpace } from './open-space.js';
import { ObserverLines } from './observer-lines.js';
import { ObserverOutput } from './observer-output.js';
import { ObserverRecord } from './observer-record.js';
import { type ObserverState, idleStates, runningStates } from './observer-state.js';
import { logName } from './redaction.js';
import { LogThrottle } from './policies/log-throttle.js';
import { ObserverVoting } from './observer-voting.js';

/**
 * One observer's actor: drives its incarnations through the states of `observerMachine`, and answers
 * for it. Calls made here settle, whatever an incarnation does.
 */
export class ObserverActor {
  readonly record: ObserverRecord;
  readonly calls: ObserverCalls;
  readonly control: OwnerCalls;
  readonly output: ObserverOutput;
  readonly lines: ObserverLines;
  /** Holds back warnings about it that are repeated. */
  readonly repeats = new LogThrottle();
  /** Resolves when the observer is gone for good, with why and how. */
  readonly ended: Promise<ObserverEnd>;
  readonly #deps: ObserverActorDeps<ObserverActor>;
  readonly #machine: ObserverMachine;
  /** A critical observer's only. */
  readonly #voting: ObserverVoting | undefined;
  readonly #ends: IncarnationEnds;
  /** Counts starts, and what calls one off that still waits for its turn. */
  #starts = 0;
  #opening: Promise<unknown> | undefined;
  #endCode: EndCode = 'ended';

  constructor(spec: ObserverSpec, deps: ObserverActorDeps<ObserverActor>) {
    const { clock, config } = deps;
    this.#deps = deps;
    const logger = deps.logger.child({ actor: 'observer', observer: logName(spec.name) });
    this.lines = new ObserverLines(logger, () => clock.now(), config.maxLines);
    this.output = new ObserverOutput(this.lines, config.outputLinesPerSec, clock.monotonic());
    this.record = new ObserverRecord(spec, clock, deps.resumption);
    this.#ends = new IncarnationEnds(this.record, this.output, deps);
    this.calls = new ObserverCalls(this.record, deps, () => this.state);
    this.#voting = ObserverVoting.of(spec, deps.electorate);
    const resumes = () => this.#ends.sayTo(this.lines);
    this.#machine = makeObserverMachine(clock, deps.inspection?.of(spec.name), {
      start: () => {
        const start = ++this.#starts;
        return deps.startGate.pass(() => this.#start(start));
      },
      sync: async () => catchUp(this.#incarnation, this.record, { ...deps, resumes }),
      follow: () => this.#follow(),
      pause: () => this.record.current?.pause(),
      rest: () => this.#rest(),
      lost: async () => this.#incarnation.lost(),
      // A voter has missed what became of its votes: it needs a snapshot.
      canGoOn: () => this.#voting === undefined && this.record.current?.canGoOn === true,
      clearAway: (error) => failFast(deps.failed, () => this.#clearAway(error)),
      restart: () => failFast(deps.failed, () => this.#endForNext()),
      stop: () => failFast(deps.failed, () => this.#stop()),
    });
    this.control = new ObserverControl(this.#machine, this.record, deps);
    this.#machine.subscribe({
      next: ({ context }) => {
        // Thrown from here, a bug would end the process instead of the registry.
        try {
          this.#voting?.changed(this.state, context.error);
          deps.changed(this);
        } catch (cause) {
          deps.failed(cause);
        }
      },
      error: deps.failed,
    });
    this.ended = new Promise((resolve) => {
      const end = (): void =>
        resolve({ code: this.#endCode, exit: this.#ends.last, error: this.record.lastError });
      // A machine that ends with a bug ends no incarnation: left alone, its thread would run for ever.
      const lost = (): void => {
        this.#endCode = 'failed';
        void this.#stop().catch(deps.failed).then(end);
      };
      this.#machine.subscribe({ complete: end, error: lost });
    });
  }

  get name(): string {
    return this.record.spec.name;
  }

  get state(): ObserverState {
    return stateOf(this.#machine.getSnapshot());
  }

  /** Whether it follows the log. */
  get isFollowing(): boolean {
    return this.state === 'live' || this.state === 'lagging';
  }

  /** Since when it is paused, or to pause, in Unix milliseconds, if it is. */
  get pausedAt(): number | undefined {
    return this.#machine.getSnapshot().context.pausedAt;
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
   * Starts the first incarnation; one that fails at what it had missed is started again, as later.
   *
   * @throws {ObserverStartError} when it fails before it is live; nothing is left of it then
   */
  async begin(): Promise<void> {
    const settled = waitFor(this.#machine, () => this.record.hasBegun(this.state));
    this.#machine.start();
    try {
      const end = await settled;
      if (stateOf(end) !== 'live') throw startError(this.name, end.context.error);
      this.#ends.sayTo(this.lines);
      this.record.touch();
    } catch (error) {
      await this.end('start-failed');
      throw error;
    }
  }

  /** Ends the observer for good, whatever it is doing. */
  async end(code: EndCode): Promise<void> {
    if (this.isHopeful || this.state === 'quarantined') this.#endCode = code;
    if (this.#machine.getSnapshot().status === 'active')
      this.#machine.send({ type: 'STOP', isEvicted: code === 'evicted' });
    await this.ended;
  }

  /** Gives a quarantined observer another chance. */
  revive(): void {
    this.#machine.send({ type: 'REVIVE' });
  }

  /**
   * Ends the incarnation by force; what comes next is as after any other failure.
   *
   * @param reason - why, as in `RestartReason`
   */
  condemn(incarnation: Incarnation, reason: string, message: string): void {
    if (this.record.current !== incarnation || !runningStates.includes(this.state)) return;
    const error = new ObserverKilledError(reason, `observer '${this.name}' ${message}`);
    const isStuck = reason === 'hung' || reason === 'stuck' || reason === 'stalled';
    this.#machine.send({ type: 'CONDEMN', isStuck, error });
  }

  /** Sees how far it is behind; its state says so from then on. */
  noteLag(): void {
    const { state, record } = this;
    if (record.current === undefined || !this.isFollowing) return;
    const { u8 } = this.#deps.log.memory;
    const lags = isLagging(state === 'lagging', record.current.bytesBehind, u8.length);
    if (lags !== (state === 'lagging')) this.#machine.send({ type: lags ? 'LAG' : 'KEPT_UP' });
  }

  stats(lastSeq: number): ObserverStats {
    this.noteLag();
    return this.record.stats(this.state, lastSeq, this.#voting?.stats(), this.pausedAt);
  }

  get #incarnation(): Incarnation {
    const { current } = this.record;
    if (current === undefined) throw new Error('the observer has no incarnation');
    return current;
  }

  async #start(start: number): Promise<void> {
    const calledOff = () => new Error('the observer was stopped before it could start');
    // While it waited for its turn at the gate, or for its space.
    if (start !== this.#starts) throw calledOff();
    const session = await failFast(this.#deps.failed, () => this.#voting?.newSession());
    const opening = openSpace(this.record.spec, this.#deps.stored);
    this.#opening = opening;
    const space = await opening;
    if (start !== this.#starts) {
      void space?.end(true);
      throw calledOff();
    }
    const { record } = this;
    const { commands, config } = this.#deps;
    const gate = new CommandGate(commands, config.maxCommands, record.commands);
    const number = ++record.incarnation;
    const incarnation = new Incarnation(record.spec, number, this.#deps, gate, session, space);
    record.current = incarnation;
    void space?.broken.then(({ message }) =>
      this.condemn(incarnation, 'error', `has failed: ${message}`),
    );
    record.snapshots.newIncarnation();
    record.description = await incarnation.start();
    this.#voting?.check(record.description);
  }

  async #follow(): Promise<FollowEnd> {
    const from = await failFast(this.#deps.failed, () => this.#voting?.join());
    const incarnation = this.#incarnation;
    const end = await incarnation.follow(from);
    if (end === 'lapped' || this.#deps.log.writer.isClosed) return end;
    if (end === 'paused' && incarnation.isPausing) return end;
    const what = end === 'paused' ? 'itself for paused' : 'the log for closed';
    throw new ObserverCrashedError(`observer '${this.name}' took ${what}, which it is not`);
  }

  #rest(): void {
    this.record.snapshots.rested();
    this.record.current?.rest();
  }

  async #clearAway(error: unknown): Promise<AfterCrash> {
    const { clock, chance, config } = this.#deps;
    const { record } = this;
    const incarnation = record.current;
    const exit = await incarnation?.kill(error);
    this.#ends.add(incarnation, exit, error);
    const isNormal = exit?.normal === true;
    return record.afterEnd(isNormal, clock.monotonic(), chance(), config.restart);
  }

  /** Ends the incarnation so that the next can begin. */
  async #endForNext(): Promise<void> {
    const ended = this.#stop();
    // A store opens no space of an observer before the one before has ended.
    await this.#opening?.catch(() => undefined);
    await ended;
  }

  async #stop(): Promise<void> {
    this.#starts++;
    const incarnation = this.record.current;
    const exit = await incarnation?.stop(this.#deps.config.stopTimeoutMs);
    if (exit === undefined) return;
    const hasFailed = !exit.normal && exit.code !== 'killed' && exit.code !== 'zombie';
    this.#ends.add(incarnation, exit, hasFailed ? exit.error : undefined);
  }
}
