import type { Clock } from '../clock.js';
import type { RestartConfig } from '../config.js';
import { CommandFigures } from './command-figures.js';
import type { ObserverStats } from './observer-stats.js';
import type { VoteStats } from '../voting/vote-figures.js';
import type { ObserverDescription } from './host.js';
import type { ObserverSpec } from './observer-terms.js';
import type { Incarnation } from './incarnation.js';
import { type ObserverState, idleStates } from './observer-state.js';
import type { RestartReason } from './restart-reason.js';
import { ResumePolicy } from './policies/resume-policy.js';
import { ResyncBackoff } from './policies/resync-backoff.js';
import {
  type RestartDecision,
  type RestartHistory,
  afterEnd,
  noRestarts,
} from './policies/restart-policy.js';

/** What the supervisor knows of one observer through all its incarnations. */
export class ObserverRecord {
  readonly spec: ObserverSpec;
  /** Unix milliseconds. */
  readonly registeredAt: number;
  /** Number of its latest incarnation, from 1; 0 before the first. */
  incarnation = 0;
  /** The incarnation that runs, if one does. */
  current: Incarnation | undefined;
  description: ObserverDescription | undefined;
  restarts = 0;
  readonly snapshots = new ResyncBackoff();
  readonly resumption: ResumePolicy;
  /** How often an incarnation has gone on from what was stored. */
  resumes = 0;
  /** Incarnations that failed. */
  failed = 0;
  deadLetters = 0;
  lastError: Error | undefined;
  readonly commands = new CommandFigures();
  readonly reasons: RestartReason[] = [];
  readonly #clock: Clock;
  /** Counted by earlier incarnations. */
  #before = { delivered: 0, messages: 0, outputLost: 0 };
  /** The last incarnation's figures, once it has ended. */
  #handler = { p50: 0, p99: 0 };
  #history: RestartHistory = noRestarts;
  #lastActivity: number;
  #deliveredThen = 0;

  constructor(spec: ObserverSpec, clock: Clock, resumption = new ResumePolicy()) {
    this.spec = spec;
    this.resumption = resumption;
    this.#clock = clock;
    this.registeredAt = clock.now();
    this.#lastActivity = clock.monotonic();
  }

  /**
   * Whether its first start has come to its end. Not when it failed at what it had missed since it ran last:
   * it is started again then, as it would be if it were live.
   */
  hasBegun(state: ObserverState): boolean {
    if (state === 'live' || idleStates.includes(state)) return true;
    return state === 'crashed' && !(this.current?.isResuming && this.spec.restart !== 'temporary');
  }

  /** The last transaction it has finished. */
  get cursor(): number {
    return this.current?.cursor ?? 0;
  }

  /** Transactions it has handled. */
  get delivered(): number {
    return this.#before.delivered + (this.current?.delivered ?? 0);
  }

  /** Lines that it printed too fast to be logged. */
  get outputLost(): number {
    return this.#before.outputLost + (this.current?.host.health.output.lost ?? 0);
  }

  /** Messages of its own that were dropped. */
  get messagesDropped(): number {
    return this.#before.messages + (this.current?.host.health.messages ?? 0);
  }

  /** When it was last active, by the clock's monotonic time. */
  get lastActivity(): number {
    const { delivered } = this;
    if (delivered !== this.#deliveredThen) {
      this.#deliveredThen = delivered;
      this.touch();
    }
    return this.#lastActivity;
  }

  /** Counts as activity. */
  touch(): void {
    this.#lastActivity = this.#clock.monotonic();
  }

  /** Decides what comes after an end, as the policy of the same name does; a restart is counted. */
  afterEnd(isNormal: boolean, now: number, chance: number, config: RestartConfig): RestartDecision {
    const { restart } = this.spec;
    const decision = afterEnd(restart, isNormal, this.#history, now, chance, config);
    if (decision.kind === 'restart') {
      this.#history = decision.history;
      this.restarts++;
    }
    return decision;
  }

  /** Remembers why an incarnation ended; the oldest reason makes room. */
  noteEnd(reason: RestartReason): void {
    this.reasons.push(reason);
    if (this.reasons.length > reasonsKept) this.reasons.shift();
  }

  /** Takes over what the incarnation has counted, and lets go of it. */
  close(incarnation: Incarnation): void {
    // A stop may come while a crash is being cleared away; the incarnation counts once.
    if (this.current !== incarnation) return;
    const { delivered, messagesDropped: messages, outputLost } = this;
    const { health } = incarnation.host;
    this.#handler = { p50: health.handlerMs(0.5), p99: health.handlerMs(0.99) };
    this.#before = { delivered, messages, outputLost };
    this.current = undefined;
  }

  /**
   * @param votes - a critical observer's only
   * @param pausedAt - when it was paused, if it is
   */
  stats(
    state: ObserverState,
    lastSeq: number,
    votes: VoteStats | undefined,
    pausedAt = 0,
  ): ObserverStats {
    const { spec, cursor, current, lastActivity } = this;
    const { heapBytes, externalBytes } = current?.liveness.memory ?? {
      heapBytes: 0,
      externalBytes: 0,
    };
    const health = current?.host.health;
    return {
      name: spec.name,
      role: spec.role,
      host: spec.host,
      state,
      registeredAt: this.registeredAt,
      lastActivityAt: this.#clock.now() - (this.#clock.monotonic() - lastActivity),
      pausedAt,
      incarnation: this.incarnation,
      cursor,
      lag: Math.max(0, lastSeq - cursor),
      delivered: this.delivered,
      failed: this.failed,
      resyncs: this.snapshots.resyncs,
      resumes: this.resumes,
      restarts: this.restarts,
      deadLetters: this.deadLetters,
      handlerP50Ms: health?.handlerMs(0.5) ?? this.#handler.p50,
      handlerP99Ms: health?.handlerMs(0.99) ?? this.#handler.p99,
      utilization: current?.liveness.utilization ?? 0,
      heapBytes,
      externalBytes,
      outputLost: this.outputLost,
      messagesDropped: this.messagesDropped,
      reasons: [...this.reasons],
      lastError: this.lastError,
      votes,
      hasMetrics: this.description !== undefined && this.description.metrics.length > 0,
      commands: this.commands.stats(),
    };
  }
}

/** Most restarts whose reasons are kept for each observer. */
const reasonsKept = 16;
