import type { Clock } from '../clock.js';
import { CommandFigures } from './command-figures.js';
import type { ObserverStats } from './observer-stats.js';
import type { VoteStats } from '../voting/vote-figures.js';
import type { ObserverDescription } from './host.js';
import type { ObserverSpec } from './observer-terms.js';
import type { Incarnation } from './incarnation.js';
import type { ObserverState } from './observer-state.js';
import type { RestartReason } from './restart-reason.js';
import { ResyncBackoff } from './policies/resync-backoff.js';
import { type RestartHistory, noRestarts } from './policies/restart-policy.js';

/** Most restarts whose reasons are kept for each observer. */
const reasonsKept = 16;

/** What the supervisor knows of one observer through all its lives. */
export class ObserverRecord {
  readonly spec: ObserverSpec;
  /** Unix milliseconds. */
  readonly registeredAt: number;
  /** Counts the observer's lives, from 1. */
  incarnation = 0;
  /** The life it is in. */
  life: Incarnation | undefined;
  description: ObserverDescription | undefined;
  history: RestartHistory = noRestarts;
  restarts = 0;
  readonly snapshots = new ResyncBackoff();
  /** Lives that failed. */
  failed = 0;
  deadLetters = 0;
  lastError: Error | undefined;
  readonly commands = new CommandFigures();
  readonly reasons: RestartReason[] = [];
  readonly #clock: Clock;
  /** Counted by earlier incarnations. */
  #before = { delivered: 0, messages: 0, outputLost: 0 };
  /** The last life's figures, once it is over. */
  #handler = { p50: 0, p99: 0 };
  #lastActivity: number;
  #deliveredThen = 0;

  constructor(spec: ObserverSpec, clock: Clock) {
    this.spec = spec;
    this.#clock = clock;
    this.registeredAt = clock.now();
    this.#lastActivity = clock.monotonic();
  }

  /** The last transaction it has finished. */
  get cursor(): number {
    return this.life?.cursor ?? 0;
  }

  /** Transactions it has handled. */
  get delivered(): number {
    return this.#before.delivered + (this.life?.delivered ?? 0);
  }

  /** Lines that it printed too fast for anybody to read. */
  get outputLost(): number {
    return this.#before.outputLost + (this.life?.host.health.output.lost ?? 0);
  }

  /** Messages of its own that went nowhere. */
  get messagesDropped(): number {
    return this.#before.messages + (this.life?.host.health.messages ?? 0);
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

  /** Remembers why a life ended; the oldest reason makes room. */
  noteEnd(reason: RestartReason): void {
    this.reasons.push(reason);
    if (this.reasons.length > reasonsKept) this.reasons.shift();
  }

  /** Takes over what a life has counted, and lets go of it. */
  closeLife(life: Incarnation): void {
    // A stop may come while a crash is being cleared away; the life counts once.
    if (this.life !== life) return;
    const { delivered, messagesDropped: messages, outputLost } = this;
    const { health } = life.host;
    this.#handler = { p50: health.handlerMs(0.5), p99: health.handlerMs(0.99) };
    this.#before = { delivered, messages, outputLost };
    this.life = undefined;
  }

  /** @param votes - a critical observer's only */
  stats(state: ObserverState, lastSeq: number, votes: VoteStats | undefined): ObserverStats {
    const { spec, cursor, life, lastActivity } = this;
    const { heapBytes, externalBytes } = life?.liveness.memory ?? {
      heapBytes: 0,
      externalBytes: 0,
    };
    const health = life?.host.health;
    return {
      name: spec.name,
      role: spec.role,
      state,
      registeredAt: this.registeredAt,
      lastActivityAt: this.#clock.now() - (this.#clock.monotonic() - lastActivity),
      incarnation: this.incarnation,
      cursor,
      lag: Math.max(0, lastSeq - cursor),
      delivered: this.delivered,
      failed: this.failed,
      resyncs: this.snapshots.resyncs,
      restarts: this.restarts,
      deadLetters: this.deadLetters,
      handlerP50Ms: health?.handlerMs(0.5) ?? this.#handler.p50,
      handlerP99Ms: health?.handlerMs(0.99) ?? this.#handler.p99,
      utilization: life?.liveness.utilization ?? 0,
      heapBytes,
      externalBytes,
      outputLost: this.outputLost,
      messagesDropped: this.messagesDropped,
      reasons: [...this.reasons],
      lastError: this.lastError,
      votes,
      commands: this.commands.stats(),
    };
  }
}
