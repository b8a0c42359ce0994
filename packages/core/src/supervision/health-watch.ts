import type { Cancel, Clock } from '../clock.js';
import type { RegistryConfig } from '../config.js';
import type { ChangeLog } from '../log/change-log.js';
import { type Hindrance, hindranceOf } from './hang-policy.js';
import type { Incarnation } from './incarnation.js';
import { type Suspect, footprint, isGrowing, isOverLimit, tripwire } from './memory-policy.js';
import type { ObserverActor } from './observer-actor.js';

/** What the watch works with. */
export interface HealthWatchParts {
  readonly clock: Clock;
  readonly config: RegistryConfig['observers'];
  readonly log: ChangeLog;
  readonly actors: ReadonlyMap<string, ObserverActor>;
  /** Resident memory of the process that its main thread does not use itself, in bytes. */
  readonly residentBytes: () => number;
  /** Called with every look, for what else is due now and then. */
  readonly looked: () => void;
  /** Called when there is a bug in here. */
  readonly failed: (cause: unknown) => void;
}

/** Between two looks at observers that are well. */
const calmMs = 250;
/** Between two looks while memory grows, or while some thread is busy without a sign of life. */
const closeMs = 25;

const hindrances: Readonly<Record<Hindrance, string>> = {
  hung: 'keeps its thread busy in a loop that does not end',
  stuck: 'is stuck in native code',
  stalled: 'waits in a handler that does not settle',
};

/**
 * Looks at all observers now and then, with one timer that does not keep the process alive: ends
 * those that make no progress or use too much memory, passes on what they print, and notices lag and
 * slow handlers. A look at an observer that is well is a few loads from shared memory.
 */
export class HealthWatch {
  readonly #parts: HealthWatchParts;
  #cancel: Cancel | undefined;
  #lookedAt = 0;
  #delayMs = calmMs;
  /** Time spent watching: stalls of this thread are taken off, since nobody could answer meanwhile. */
  #watchedMs = 0;
  /** Memory that nobody owned to when the first of those that are silent now fell silent. */
  #unseenThen: number | undefined;
  /** Those that nobody can look into just now. */
  readonly #suspects: (Suspect & { readonly actor: ObserverActor; readonly life: Incarnation })[] =
    [];

  constructor(parts: HealthWatchParts) {
    this.#parts = parts;
  }

  /** Begins to watch; it ends by itself when there is nobody left. */
  wake(): void {
    if (this.#cancel !== undefined) return;
    this.#lookedAt = this.#parts.clock.monotonic();
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
        this.#parts.failed(cause);
      }
    };
    this.#cancel = this.#parts.clock.after(delayMs, look, { background: true });
  }

  #look(): void {
    const { clock, actors, looked } = this.#parts;
    const now = clock.monotonic();
    this.#watchedMs += Math.min(now - this.#lookedAt, 2 * this.#delayMs);
    this.#lookedAt = now;
    this.#suspects.length = 0;
    let isCalm = true;
    for (const actor of actors.values()) {
      const { life } = actor.record;
      if (life !== undefined && !this.#lookAt(actor, life)) isCalm = false;
    }
    this.#watchResidentMemory();
    looked();
    if (actors.size > 0) this.#schedule(isCalm ? calmMs : closeMs);
  }

  /** @returns whether there is nothing that must be looked at closely */
  #lookAt(actor: ObserverActor, life: Incarnation): boolean {
    const { clock, config, log } = this.#parts;
    const { pulse, host, number } = life;
    const { isFollowing } = actor;
    const { memoryLimitMb: limitMb } = actor.record.spec;
    actor.output.drain(host.health, number, clock.monotonic());
    const before = pulse.memory;
    const hasWork = host.health.isVoting || life.cursor < log.writer.lastSeq;
    const isBehind = isFollowing && hasWork;
    const signs = pulse.look(this.#watchedMs, life.heartbeat, isBehind);

    const hindrance = isFollowing ? hindranceOf(signs, config.hangTimeoutMs) : undefined;
    if (isOverLimit(pulse.memory, limitMb)) {
      actor.condemn(life, 'memory', `uses more than ${limitMb} MB (memoryLimitMb)`);
    } else if (hindrance !== undefined) {
      const ms = config.hangTimeoutMs;
      actor.condemn(life, hindrance, `${hindrances[hindrance]} (${ms} ms, hangTimeoutMs)`);
    } else if (isFollowing) {
      actor.noteLag();
    }
    // One on this very thread is silent whenever the registry is, and what it uses is nobody's to tell.
    const isApart = actor.record.spec.host === 'thread';
    if (pulse.isSilent && isApart && host.measure === undefined) {
      const { utilization } = pulse;
      this.#suspects.push({ utilization, silentMs: signs.unprobedMs, limitMb, actor, life });
    }
    this.#warn(actor, life);
    return !pulse.isSilent && !isGrowing(before, pulse.memory, this.#delayMs, limitMb);
  }

  /** The fallback where a busy thread cannot be looked into. */
  #watchResidentMemory(): void {
    if (this.#suspects.length === 0) {
      this.#unseenThen = undefined;
      return;
    }
    const unseen = this.#unseenBytes();
    this.#unseenThen ??= unseen;
    const others = this.#lives.length - 1;
    const culprit = tripwire(unseen - this.#unseenThen, others, this.#suspects);
    if (culprit === undefined) return;
    this.#unseenThen = undefined;
    const { actor, life, limitMb } = culprit;
    actor.condemn(
      life,
      'memory',
      `was busiest while the process grew by more than ${limitMb} MB (memoryLimitMb)`,
    );
  }

  get #lives(): Incarnation[] {
    return Array.from(this.#parts.actors.values(), ({ record }) => record.life).filter(
      (life) => life !== undefined,
    );
  }

  /** Memory that neither the main thread nor any observer's last figures account for. */
  #unseenBytes(): number {
    const { residentBytes } = this.#parts;
    return this.#lives.reduce(
      (bytes, { pulse }) => bytes - footprint(pulse.memory),
      residentBytes(),
    );
  }

  /** Says what is odd but no reason to end it, each kind of thing once in a while. */
  #warn(actor: ObserverActor, { host, number, warned }: Incarnation): void {
    const { slowHandlerMs } = this.#parts.config;
    const { health } = host;
    const say = (kind: string, fields: object, text: string): void => {
      const heldBack = actor.repeats.admit(kind, this.#lookedAt);
      if (heldBack === undefined) return;
      actor.logger.warn({ incarnation: number, code: kind, heldBack, ...fields }, text);
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
