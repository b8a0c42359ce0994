import type { Cancel, Clock } from '../clock.js';
import type { RegistryConfig } from '../config.js';
import type { ChangeLog } from '../log/change-log.js';
import { type HangKind, hangKindOf } from './policies/hang-policy.js';
import type { Incarnation } from './incarnation.js';
import type { SystemLoad } from './system-load.js';
import {
  type Suspect,
  footprint,
  isGrowing,
  isOverLimit,
  tripwire,
} from './policies/memory-policy.js';
import type { ObserverActor } from './observer-actor.js';
import { CpuShare } from './policies/cpu-share.js';

/**
 * Looks at all observers now and then, with one timer that does not keep the process alive: ends
 * those that make no progress or use too much memory, passes on what they print, and notices lag and
 * slow handlers. A look at an observer that is well is a few loads from shared memory.
 */
export class HealthWatch {
  readonly #deps: HealthWatchDeps;
  #cancel: Cancel | undefined;
  #lookedAt = 0;
  #delayMs = calmMs;
  /**
   * Time spent watching: stalls of this thread are taken off, since no answer could be read meanwhile, and
   * so is time in which threads had to wait for a processor.
   */
  #watchedMs = 0;
  readonly #cpuShare: CpuShare;
  /** Those whose memory cannot be seen just now. */
  readonly #suspects: Silent[] = [];
  /** For each of them, memory that no figures accounted for when it fell silent. */
  #unseenThen = new Map<Incarnation, number>();

  constructor(deps: HealthWatchDeps) {
    this.#deps = deps;
    this.#cpuShare = new CpuShare(() => deps.system.processorTimes());
  }

  /** Begins to watch; it ends by itself when no observer is left. */
  wake(): void {
    if (this.#cancel !== undefined) return;
    this.#lookedAt = this.#deps.clock.monotonic();
    this.#schedule(calmMs);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #schedule(delayMs: number): void {
    this.#delayMs = delayMs;
    const look = (): void => {
      this.#cancel = undefined;
      try {
        this.#look();
      } catch (cause) {
        this.#deps.failed(cause);
      }
    };
    this.#cancel = this.#deps.clock.after(delayMs, look, { background: true });
  }

  #look(): void {
    const { clock, actors, looked } = this.#deps;
    const now = clock.monotonic();
    this.#watchedMs += Math.min(now - this.#lookedAt, 2 * this.#delayMs) * this.#cpuShareAt(now);
    this.#lookedAt = now;
    this.#suspects.length = 0;
    let isCalm = true;
    for (const actor of actors.values()) {
      const { current } = actor.record;
      if (current !== undefined && !this.#lookAt(actor, current)) isCalm = false;
    }
    this.#watchResidentMemory();
    looked();
    if (actors.size > 0) this.#schedule(isCalm ? calmMs : closeMs);
  }

  /** How fast time counts against those that are silent. */
  #cpuShareAt(now: number): number {
    const liveness = this.#incarnations.map(({ liveness }) => liveness);
    const isAnybodySilent = liveness.some(({ isAsked }) => isAsked);
    // This thread wants a processor, too.
    const busy = liveness.reduce((sum, { utilization }) => sum + utilization, 1);
    return this.#cpuShare.at(now, isAnybodySilent, busy);
  }

  /** @returns whether there is nothing that must be looked at closely */
  #lookAt(actor: ObserverActor, incarnation: Incarnation): boolean {
    const { clock, config, log } = this.#deps;
    const { liveness, host, number } = incarnation;
    const { isFollowing } = actor;
    const { memoryLimitMb: limitMb } = actor.record.spec;
    actor.output.drain(host.health, number, clock.monotonic());
    const before = liveness.memory;
    const hasWork = host.health.isVoting || incarnation.cursor < log.writer.lastSeq;
    const isBehind = isFollowing && hasWork;
    const signs = liveness.look(this.#watchedMs, incarnation.heartbeat, isBehind);

    const isJudged = isFollowing || actor.state === 'paused';
    const hangKind = isJudged ? hangKindOf(signs, config.hangTimeoutMs) : undefined;
    if (isOverLimit(liveness.memory, limitMb)) {
      actor.condemn(incarnation, 'memory', `uses more than ${limitMb} MB (memoryLimitMb)`);
    } else if (hangKind !== undefined) {
      const ms = config.hangTimeoutMs;
      actor.condemn(incarnation, hangKind, `${hangWords[hangKind]} (${ms} ms, hangTimeoutMs)`);
    } else if (isFollowing) {
      actor.noteLag();
    }
    // One on the registry's own thread has no activity, and so is never silent.
    if (liveness.isSilent && host.measure === undefined) {
      const { utilization } = liveness;
      this.#suspects.push({ utilization, silentMs: signs.unprobedMs, limitMb, actor, incarnation });
    }
    this.#warn(actor, incarnation);
    return !liveness.isSilent && !isGrowing(before, liveness.memory, this.#delayMs, limitMb);
  }

  /** The fallback where a busy thread cannot be looked into. */
  #watchResidentMemory(): void {
    const before = this.#unseenThen;
    this.#unseenThen = new Map();
    if (this.#suspects.length === 0) return;
    const unseen = this.#unseenBytes();
    const suspects = this.#suspects.map((suspect) => {
      const then = before.get(suspect.incarnation) ?? unseen;
      this.#unseenThen.set(suspect.incarnation, then);
      return { ...suspect, grownBytes: unseen - then };
    });
    const culprit = tripwire(this.#incarnations.length - 1, suspects);
    if (culprit === undefined) return;
    this.#unseenThen.clear();
    const { actor, incarnation, limitMb } = culprit;
    actor.condemn(
      incarnation,
      'memory',
      `was busiest while the process grew by more than ${limitMb} MB (memoryLimitMb)`,
    );
  }

  get #incarnations(): Incarnation[] {
    return Array.from(this.#deps.actors.values(), ({ record }) => record.current).filter(
      (current) => current !== undefined,
    );
  }

  /** Memory that neither the main thread nor any observer's last figures account for. */
  #unseenBytes(): number {
    return this.#incarnations.reduce(
      (bytes, { liveness }) => bytes - footprint(liveness.memory),
      this.#deps.system.residentBytes(),
    );
  }

  /** Warns of what is no reason to end it, at most once in a while for each kind. */
  #warn(actor: ObserverActor, { host, number, warned }: Incarnation): void {
    const { slowHandlerMs } = this.#deps.config;
    const { health } = host;
    const say = (kind: string, fields: object, text: string): void => {
      const heldBack = actor.repeats.admit(kind, this.#lookedAt);
      if (heldBack === undefined) return;
      actor.lines.say('warn', { incarnation: number, code: kind, heldBack, ...fields }, text);
    };
    if (health.calls > warned.calls) {
      warned.calls = health.calls;
      const slow = health.callsFrom(slowHandlerMs);
      if (slow > warned.slow) {
        const [p50Ms, p99Ms] = [health.handlerMs(0.5), health.handlerMs(0.99)];
        say(
          'slow-handler',
          { slow, p50Ms, p99Ms },
          `handler calls took ${slowHandlerMs} ms or more`,
        );
      }
      warned.slow = slow;
    }
    const { lost } = health.output;
    if (lost > warned.lost) say('output-lost', { lost }, 'prints too much; lines were dropped');
    warned.lost = lost;
    const { messages } = health;
    if (messages > warned.messages) {
      say('messages-dropped', { messages }, 'sends messages of its own; they go nowhere');
    }
    warned.messages = messages;
  }
}

/** What the watch depends on. */
export interface HealthWatchDeps {
  readonly clock: Clock;
  readonly config: Pick<RegistryConfig['observers'], 'hangTimeoutMs' | 'slowHandlerMs'>;
  readonly log: ChangeLog;
  readonly actors: ReadonlyMap<string, ObserverActor>;
  readonly system: SystemLoad;
  /** Called with every look, for what else is due now and then. */
  readonly looked: () => void;
  /** Called when there is a bug in here. */
  readonly failed: (cause: unknown) => void;
}

/** A suspect whose growth has yet to be told. */
type Silent = Omit<Suspect, 'grownBytes'> & {
  readonly actor: ObserverActor;
  readonly incarnation: Incarnation;
};

/** Between two looks at observers that are well. */
const calmMs = 250;
/** Between two looks while memory grows, or while some thread is busy and silent. */
const closeMs = 25;

const hangWords: Readonly<Record<HangKind, string>> = {
  hung: 'keeps its thread busy in a loop that does not end',
  stuck: 'is stuck in native code',
  stalled: 'waits in a handler that does not settle',
};
