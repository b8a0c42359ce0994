import pino from 'pino';
import { type RegistryOptions, resolveConfig } from '../config.js';
import { RegistryFailedError } from '../errors.js';
import { ChangeLog } from '../log/change-log.js';
import { HealthBoard, type MemoryUse } from '../log/health-board.js';
import { type SnapshotData, SnapshotTaker } from '../log/snapshot.js';
import { PeerTable } from '../peers/peer-table.js';
import { ManualClock, settleTurns } from '../registry/manual-clock.fixture.js';
import { Registry } from '../registry/registry.js';
import { Electorate } from '../voting/electorate.js';
import type {
  ExitReason,
  FollowEnd,
  MetricsAnswer,
  ObserverDescription,
  ObserverHost,
  ThreadActivity,
} from './host.js';
import type { ObserverSpec } from './observer-terms.js';
import { Supervisor } from './supervisor.js';

/** A promise that the test settles. */
class Signal<T> {
  settle!: (value: T) => void;
  fail!: (error: Error) => void;
  readonly promise = new Promise<T>((resolve, reject) => {
    this.settle = resolve;
    this.fail = reject;
  });

  constructor() {
    // One that nobody waits for is no unhandled rejection.
    this.promise.catch(() => undefined);
  }
}

/** What a host does by itself; the test does the rest. */
export interface Script {
  readonly start?: 'works' | 'fails' | 'hangs';
  readonly load?: 'works' | 'hangs';
  readonly stop?: 'works' | 'hangs' | 'fails' | 'exits';
  readonly kill?: 'works' | 'hangs';
  readonly pause?: 'works' | 'hangs';
  /** Whether its event loop turns. */
  readonly probe?: 'works' | 'hangs';
  /** Whether its memory can be looked at from outside; by default nobody can. */
  readonly measure?: MemoryUse | 'hangs';
}

/** What an observer without anything of its own says of itself. */
export const plain = { queries: [], hasDigest: false, hasProposal: false, metrics: [] } as const;
/** The figure of its own that a scripted observer has. */
const size = { id: 'size', kind: 'gauge', unit: 'count', says: 'Peers that it knows.' } as const;

/** An observer's incarnation without a thread: does what its script says and what the test tells it. */
export class ScriptedHost implements ObserverHost {
  readonly calls: string[] = [];
  line: number | undefined;
  /** The memory of each snapshot that it was given. */
  readonly snapshots: SharedArrayBuffer[] = [];
  readonly followed = new Signal<FollowEnd>();
  readonly started = new Signal<ObserverDescription>();
  readonly answer = new Signal<unknown>();
  readonly health = new HealthBoard();
  /** How often it was looked at. */
  looks = 0;
  /** How long its thread was busy and idle. */
  readonly worked = { active: 0, idle: 0 };
  readonly measure: (() => Promise<MemoryUse>) | undefined;
  /** Ends a load that hangs. */
  loaded = new Signal<void>();
  readonly #exit = new Signal<ExitReason>();
  readonly exited = this.#exit.promise;
  #follow = this.followed;

  constructor(
    readonly spec: ObserverSpec,
    readonly incarnation: number,
    readonly script: Script,
  ) {
    const { measure } = script;
    if (measure === 'hangs') this.measure = () => new Promise(() => undefined);
    else if (measure !== undefined) this.measure = () => Promise.resolve(measure);
  }

  start(): Promise<ObserverDescription> {
    this.calls.push('start');
    const { start = 'works' } = this.script;
    if (start === 'fails') this.die(new Error('setup threw'));
    else if (start === 'works')
      this.started.settle({ ...plain, queries: ['size'], hasProposal: true, metrics: [size] });
    return this.started.promise;
  }

  load({ buffer }: SnapshotData, line: number): Promise<void> {
    this.calls.push('load');
    this.snapshots.push(buffer);
    this.line = line;
    return this.script.load === 'hangs' ? this.loaded.promise : Promise.resolve();
  }

  replay(): Promise<void> {
    this.calls.push('replay');
    return Promise.resolve();
  }

  resume(_: unknown, line: number): Promise<void> {
    this.calls.push('resume');
    this.line = line;
    return Promise.resolve();
  }

  follow(): Promise<FollowEnd> {
    this.calls.push('follow');
    return this.#follow.promise;
  }

  /** Lets the observer say that it follows no longer. */
  leave(end: FollowEnd): void {
    const before = this.#follow;
    this.#follow = new Signal();
    before.settle(end);
  }

  /** Lets the observer say that it was overtaken. */
  lap(): void {
    this.leave('lapped');
  }

  pause(): Promise<void> {
    this.calls.push('pause');
    if (this.script.pause !== 'hangs') this.leave('paused');
    return Promise.resolve();
  }

  query(name: string, args: readonly unknown[]): Promise<unknown> {
    this.calls.push(`query ${name}(${args.join()})`);
    return this.answer.promise;
  }

  activity(): ThreadActivity | undefined {
    this.looks++;
    return this.spec.host === 'inline' ? undefined : { ...this.worked };
  }

  probe(): Promise<void> {
    return this.script.probe === 'hangs' ? this.#untilExit() : Promise.resolve();
  }

  digest(): Promise<string> {
    return Promise.resolve('');
  }

  metrics(): Promise<MetricsAnswer> {
    return this.answer.promise as Promise<MetricsAnswer>;
  }

  stop(): Promise<void> {
    this.calls.push('stop');
    if (this.hasEnded) return Promise.reject(new Error('ended'));
    switch (this.script.stop) {
      case 'hangs':
        return this.#untilExit();
      case 'fails':
        return Promise.reject(new Error('thrown as it stopped'));
      case 'exits':
        this.exit('exit-3');
        return Promise.reject(new Error('ended'));
    }
    this.die(undefined, true);
    return Promise.resolve();
  }

  kill(reason: Error): Promise<void> {
    this.calls.push('kill');
    for (const signal of [this.started, this.loaded, this.#follow, this.answer])
      signal.fail(reason);
    if (this.script.kill === 'hangs') return this.#untilExit();
    this.exit('killed', new Error('killed'));
    return Promise.resolve();
  }

  /** The thread ends: everything under way is rejected. */
  die(error: Error | undefined, normal = false): void {
    this.exit(normal ? 'exit-0' : 'error', error, normal);
  }

  /** Whether the thread has ended. */
  hasEnded = false;

  /** The thread ends with a code. */
  exit(code: string, error?: Error, normal = false): void {
    const reason = error ?? new Error('ended');
    this.hasEnded = true;
    this.#exit.settle({ normal, code, error });
    for (const signal of [this.started, this.loaded, this.#follow, this.answer])
      signal.fail(reason);
  }

  async #untilExit(): Promise<void> {
    await this.exited;
  }
}

/** A supervisor over scripted hosts, with time in the test's hands. */
export class Stage {
  readonly clock = new ManualClock();
  readonly log: ChangeLog;
  readonly hosts: ScriptedHost[] = [];
  readonly supervisor: Supervisor;
  /** What a registry would do about that. */
  readonly failing = new AbortController();
  /** Bugs that the supervisor has told of. */
  readonly failures: unknown[] = [];
  /** What was logged, as pino writes it. */
  readonly logged: Record<string, unknown>[] = [];
  residentBytes = 0;
  /** How busy the machine is: nobody waits for a processor unless a test says so. */
  readonly processors: { usedMs: number; idleMs?: number } = { usedMs: 0 };
  chance = () => 0;
  readonly electorate: Electorate;
  /** The script of the hosts made from now on. */
  script: Script = {};

  constructor(options: RegistryOptions['observers'] = {}) {
    const { observers } = resolveConfig({ observers: options });
    const readers = Math.max(16, 2 * (options.maxObservers ?? 0));
    this.log = new ChangeLog({ logBytes: 65_536, readers });
    const table = new PeerTable();
    const { clock } = this;
    this.electorate = new Electorate({ table, logBytes: 65_536, config: observers, clock });
    this.supervisor = new Supervisor({
      log: this.log,
      electorate: this.electorate,
      commands: new Registry(),
      snapshots: new SnapshotTaker(table, () => this.log.writer.checkpoint()),
      makeHost: (spec, incarnation) => {
        const host = new ScriptedHost(spec, incarnation, this.script);
        this.hosts.push(host);
        return host;
      },
      config: observers,
      logger: pino(
        { level: 'info' },
        { write: (line) => this.logged.push(JSON.parse(line) as Record<string, unknown>) },
      ),
      clock: this.clock,
      chance: () => this.chance(),
      system: {
        residentBytes: () => this.residentBytes,
        processorTimes: () => ({ idleMs: this.clock.monotonic(), ...this.processors }),
      },
      failed: (cause) => {
        this.failures.push(cause);
        this.failing.abort(new RegistryFailedError('failed', { cause }));
      },
      failure: this.failing.signal,
    });
  }

  /** Lets time pass, a little at a time, as it does for those who answer. */
  async pass(ms: number, stepMs = 50): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.advance(Math.min(stepMs, left));
      await settleTurns(1);
    }
  }

  /** The host that was made last. */
  get host(): ScriptedHost {
    return this.hosts.at(-1)!;
  }

  spec(name: string, more: Partial<ObserverSpec> = {}): ObserverSpec {
    const rest = { module: 'file:///none.js', options: undefined, host: 'thread' } as const;
    const usual = {
      onLag: 'lap',
      restart: 'permanent',
      keepAlive: false,
      ownThreads: false,
      memoryLimitMb: 64,
      role: 'best-effort',
      onVoteFailure: 'abort',
      onUnavailable: 'fail',
      resume: false,
      storeLimitMb: 16,
      hostTerms: undefined,
    } as const;
    return { name, ...rest, ...usual, ...more };
  }

  /** Commits a transaction of no meaning. */
  write(): number {
    const { writer } = this.log;
    const seq = writer.lastSeq + 1;
    writer.begin(1, 0, 0, seq, 8);
    writer.publish();
    return seq;
  }
}
