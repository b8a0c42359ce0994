import { type Clock, withDeadline } from '../clock.js';
import { errorOf, messageWithCause } from '../error-of.js';
import { ObserverCrashedError, ObserverKilledError } from '../errors.js';
import type { RegistryConfig } from '../config.js';
import type { ChangeLog } from '../log/change-log.js';
import type { LogPoint } from '../log/log-memory.js';
import type { OpenedSpace } from '../registry/registry-store.js';
import type { StoredObservers } from '../registry/stored-observers.js';
import type { SnapshotTaker } from '../log/snapshot.js';
import type { ProposalPoint, VotingMemory } from '../voting/voter-session.js';
import type { CommandGate } from './command-gate.js';
import type {
  ExitReason,
  FollowEnd,
  HostFactory,
  ObserverDescription,
  ObserverHost,
} from './host.js';
import type { ObserverSpec } from './observer-terms.js';
import { LivenessProbe } from './liveness-probe.js';
import { LogPlace } from './log-place.js';

/**
 * One incarnation of an observer, from a start to the next: its host, and its place in the log. It
 * begins without state and builds it from a snapshot, or with what it has stored and goes on from there.
 */
export class Incarnation {
  readonly number: number;
  readonly host: ObserverHost;
  readonly liveness: LivenessProbe;
  /** Counts of what was last warned of. */
  readonly warned = { calls: 0, slow: 0, lost: 0, messages: 0 };
  readonly #spec: ObserverSpec;
  readonly #deps: IncarnationDeps;
  readonly #commands: CommandGate;
  readonly #place: LogPlace;
  #isResuming = false;
  #isPausing = false;
  #exit: ExitReason | undefined;
  /** Called with what its thread's end is for one that waits. */
  #tellLost: ((error: Error) => void) | undefined;
  readonly #space: OpenedSpace | undefined;
  #hasEnded = false;
  #ending: Promise<ExitReason> | undefined;

  constructor(
    spec: ObserverSpec,
    number: number,
    deps: IncarnationDeps,
    commands: CommandGate,
    voting?: VotingMemory,
    space?: OpenedSpace,
  ) {
    this.number = number;
    this.#spec = spec;
    this.#deps = deps;
    this.#commands = commands;
    this.#space = space;
    this.#place = new LogPlace(
      deps.log,
      number,
      spec.onLag === 'block' || spec.role === 'critical',
    );
    const log = deps.log.memory.handOut();
    this.host = deps.makeHost(spec, number, log, commands, voting, space?.memory);
    this.liveness = new LivenessProbe(this.host);
    // Nothing that it may still send is taken after its end, however that came about.
    this.#afterExit(() => commands.close());
    this.#afterExit(() => void space?.end(true));
    void this.host.exited.then((exit) => {
      this.#exit = exit;
      this.#tellLost?.(this.#lossBy(exit));
    });
    // A line belongs to its thread until that has ended, however long it takes to die.
    this.#afterExit(() => this.#place.free());
  }

  /** What it has stored, if it stores anything. */
  get space(): OpenedSpace | undefined {
    return this.#space;
  }

  /** Whether it was last told to go on from a transaction, not from a snapshot. */
  get isResuming(): boolean {
    return this.#isResuming;
  }

  /** Whether it was told to pause since it began to follow the log. */
  get isPausing(): boolean {
    return this.#isPausing;
  }

  /** Whether it has paused at a point from which the log can still be read. */
  get canGoOn(): boolean {
    return this.#place.canGoOn;
  }

  /** The last transaction it has finished. */
  get cursor(): number {
    return this.#place.cursor;
  }

  /** The last transaction it has finished; undefined before it was at any place in the log. */
  get handled(): number | undefined {
    return this.#place.line === undefined ? undefined : this.cursor;
  }

  /** Whether it knows nothing yet: no snapshot, and nothing of its own that was stored. */
  get isBlank(): boolean {
    return this.handled === undefined && this.#space?.cursor === undefined;
  }

  /** Transactions it has handled. */
  get delivered(): number {
    return this.#place.delivered;
  }

  /** Bytes published that it has not copied yet. */
  get bytesBehind(): number {
    return this.#place.bytesBehind;
  }

  /** A number that changes whenever its reader's loop turns, or it votes. */
  get heartbeat(): number {
    return this.#place.heartbeat + this.host.health.votes;
  }

  /** Sets the observer up. */
  start(): Promise<ObserverDescription> {
    return this.#inTime(this.host.start(), 'set up');
  }

  /** Gives the observer a snapshot, and with it its place in the log. */
  async sync(): Promise<void> {
    this.#isResuming = false;
    this.#place.depart();
    const { data, giveBack } = await this.#deps.snapshots.take((point) => this.#take(point, 1 / 2));
    // With its thread ends all that looks into the snapshot; what is on this one, others may hold.
    if (this.host.activity() !== undefined) this.#afterExit(giveBack);
    // Without a line it ended while the snapshot was taken; its host rejects the call then.
    await this.#inTime(this.host.load(data, this.#place.line ?? 0), 'read its snapshot');
    this.#place.arrive();
  }

  /**
   * Has it go on from transaction `seq` in place of a snapshot.
   *
   * @returns false when what it lacks is not to be had
   */
  async resume(seq: number, stored: StoredObservers): Promise<boolean> {
    this.#place.depart(seq);
    this.#isResuming = true;
    const isThere = await stored.catchUp(seq, {
      take: async (run, lastSeq) => {
        await this.#inTime(this.host.replay(run), 'handle what the store has kept');
        // Stopped meanwhile, it may have handled a part of it, and handles no more.
        if (this.#hasEnded) throw new Error(`observer '${this.#spec.name}' was stopped`);
        this.#place.replay(lastSeq);
      },
      begin: async (point) => {
        if (!this.#take(point, 1)) return false;
        await this.#inTime(this.host.resume(point, this.#place.line ?? 0), 'go on in the log');
        return true;
      },
    });
    if (isThere) this.#place.arrive();
    return isThere;
  }

  /** Has it follow the log from where it is; `proposals` as for its host. */
  follow(proposals?: ProposalPoint): Promise<FollowEnd> {
    this.#isPausing = false;
    this.#place.follow();
    return this.host.follow(proposals);
  }

  /** Has it pause when the handler that it is at has settled. */
  pause(): void {
    this.#isPausing = true;
    // It fails with the incarnation, and so does what waits for the pause.
    this.host.pause().catch(() => undefined);
  }

  /** It has paused: nobody waits for it. */
  rest(): void {
    this.#place.rest();
  }

  /** Rejects when its thread ends. It has one caller at a time: the next takes the place of the last. */
  lost(): Promise<never> {
    return new Promise((_, reject) => {
      this.#tellLost = reject;
      if (this.#exit !== undefined) reject(this.#lossBy(this.#exit));
    });
  }

  /**
   * Ends it by force. Every call under way fails at once, however long its thread takes to end: it
   * may be stuck in native code that nothing ends. Then it is given up, and its line with it.
   *
   * @param error - what it failed with
   */
  kill(error: unknown): Promise<ExitReason> {
    this.#ending ??= this.#kill(errorOf(error));
    return this.#ending;
  }

  /**
   * Has it stop, and ends what is left of it after `graceMs` by force. An exit that is not normal
   * says why: it took too long (`killed`), or failed in its last moments.
   */
  stop(graceMs: number): Promise<ExitReason> {
    this.#ending ??= this.#stop(graceMs);
    return this.#ending;
  }

  async #stop(graceMs: number): Promise<ExitReason> {
    this.#leave();
    const { clock } = this.#deps;
    const late = new Error('it did not stop in time');
    let failure: Error | undefined;
    await withDeadline(clock, this.host.stop(), graceMs, () => late).catch((error: unknown) => {
      if (error !== late) failure = errorOf(error);
    });
    const exit = await this.#kill(failure);
    if (exit.normal || failure === undefined) return exit;
    // Killing one that has failed by itself is no reason of its own.
    if (exit.code === 'killed') return { normal: false, code: 'error', error: failure };
    return { ...exit, error: exit.error ?? failure };
  }

  /** @param failure - why, unless it was told to stop */
  async #kill(failure: Error | undefined): Promise<ExitReason> {
    this.#leave();
    const { name } = this.#spec;
    const what = failure === undefined ? 'was stopped' : `has failed: ${messageWithCause(failure)}`;
    const reason = new ObserverCrashedError(`observer '${name}' ${what}`, { cause: failure });
    const ended = Promise.all([this.host.kill(reason), this.host.exited]);
    const late = () => new Error(`the thread of observer '${name}' does not end`);
    return withDeadline(this.#deps.clock, ended, killTimeoutMs, late).then(
      ([, exit]) => exit,
      (error: unknown) => {
        void this.#space?.end(false);
        return { normal: false, code: 'zombie', error: errorOf(error) };
      },
    );
  }

  #lossBy({ code, error }: ExitReason): ObserverCrashedError {
    const message = `the thread of observer '${this.#spec.name}' has ended (${code})`;
    return new ObserverCrashedError(message, { cause: error });
  }

  /** Takes nothing more from it, and stops waiting for it: its end may take long. */
  #leave(): void {
    this.#hasEnded = true;
    this.#commands.close();
    this.#place.leave();
  }

  /** Takes its place in the log, unless it has ended; see `LogPlace.take`. */
  #take(point: LogPoint, share: number): boolean {
    return this.#hasEnded || this.#place.take(point, share);
  }

  #afterExit(step: () => void): void {
    const { exited } = this.host;
    void exited.then(step).catch(this.#deps.failed);
  }

  #inTime<T>(step: Promise<T>, what: string): Promise<T> {
    const { clock, config } = this.#deps;
    const { startTimeoutMs } = config;
    return withDeadline(clock, step, startTimeoutMs, () => {
      const { name } = this.#spec;
      return new ObserverKilledError(
        'timeout',
        `observer '${name}' did not ${what} within ${startTimeoutMs} ms (startTimeoutMs)`,
      );
    });
  }
}

/** What every incarnation depends on. */
export interface IncarnationDeps {
  readonly log: ChangeLog;
  readonly snapshots: SnapshotTaker;
  readonly makeHost: HostFactory;
  readonly clock: Clock;
  /** `startTimeoutMs`: longest time for setting up, and for reading a snapshot. */
  readonly config: Pick<RegistryConfig['observers'], 'startTimeoutMs'>;
  /** Called when there is a bug in here. */
  readonly failed: (cause: unknown) => void;
}

/** How long a thread may take to die before it is given up. */
const killTimeoutMs = 5_000;
