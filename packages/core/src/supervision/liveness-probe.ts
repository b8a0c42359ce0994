import type { MemoryUse } from '../log/health-board.js';
import type { LivenessSigns } from './policies/hang-policy.js';
import type { ObserverHost, ThreadActivity } from './host.js';

/** What the watch knows of one incarnation from one look to the next. */
export class LivenessProbe {
  /** Share of the time between the last two looks in which its event loop was busy. */
  utilization = 0;
  /** Its memory when it was seen last. */
  memory: MemoryUse = { heapBytes: 0, externalBytes: 0 };
  readonly #host: ObserverHost;
  #activity: ThreadActivity | undefined;
  #heartbeat = 0;
  /** When it was last seen to turn, or to have nothing to do. */
  #turnedAt: number | undefined;
  #probedAt: number | undefined;
  #measuredAt: number | undefined;
  #unseenMs = 0;

  constructor(host: ObserverHost) {
    this.#host = host;
  }

  /** Whether a probe is under way that it has not answered yet. */
  get isAsked(): boolean {
    return this.#probedAt !== undefined;
  }

  /** Whether its thread is busy and says nothing: its memory can be seen from outside alone. */
  get isSilent(): boolean {
    return this.isAsked && this.utilization > busyShare;
  }

  /**
   * Looks at the incarnation. Costs no more than a few loads while it is idle, or while its reader's
   * loop turns; otherwise sends its thread probes, one at a time.
   *
   * @param now - milliseconds of watching, in which its thread could have had a turn
   */
  look(now: number, heartbeat: number, isBehind: boolean): LivenessSigns {
    const isTurning = heartbeat !== this.#heartbeat;
    this.#heartbeat = heartbeat;
    this.#turnedAt ??= now;
    if (isTurning || !isBehind) this.#turnedAt = now;
    this.#measureActivity();
    if (isTurning) this.#seeMemory(this.#host.health.memory);
    else if (isBehind || this.#unseenMs > unseenWorkMs) this.#ask(now);
    return {
      isBehind,
      sinceTurnMs: now - this.#turnedAt,
      unprobedMs: now - (this.#probedAt ?? now),
      unmeasuredMs: now - (this.#measuredAt ?? now),
    };
  }

  #measureActivity(): void {
    const { active, idle } = this.#host.activity() ?? { active: 0, idle: 0 };
    const before = this.#activity ?? { active: 0, idle: 0 };
    const busyMs = active - before.active;
    const passedMs = busyMs + idle - before.idle;
    // The two are taken one after the other: their difference may be a little off.
    this.utilization = passedMs > 0 ? Math.min(1, Math.max(0, busyMs / passedMs)) : 0;
    this.#unseenMs += busyMs;
    this.#activity = { active, idle };
  }

  /** Sends a probe, and a request for its memory where that can be answered at once. */
  #ask(now: number): void {
    if (this.#probedAt === undefined) {
      this.#probedAt = now;
      const answered = (isAlive: boolean): void => {
        this.#probedAt = undefined;
        if (!isAlive) return;
        this.#seeMemory(this.#host.health.memory);
        // Answering was work too: counted, it would have the next look ask again, and so for ever.
        this.#activity = this.#host.activity();
      };
      // One that fails is answered too: the incarnation has ended, and others see to that.
      this.#host.probe().then(
        () => answered(true),
        () => answered(false),
      );
    }
    if (this.#measuredAt === undefined && this.#host.measure !== undefined) {
      this.#measuredAt = now;
      this.#host.measure().then(
        (memory) => {
          this.#measuredAt = undefined;
          this.#seeMemory(memory);
        },
        () => (this.#measuredAt = undefined),
      );
    }
  }

  #seeMemory(memory: MemoryUse): void {
    this.memory = memory;
    this.#unseenMs = 0;
  }
}

/** A thread that is busy for less than this share of the time, and says nothing, merely waits. */
const busyShare = 0.1;
/** One that was busy for so long since its memory was seen last has it looked at, in milliseconds. */
const unseenWorkMs = 50;
