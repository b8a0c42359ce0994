import type { Clock } from '@panoptes/core';
import type { PeerRegistry } from '@panoptes/workers';
import { PeerStream } from '../workload/peer-stream.js';

/** Gives a registry so many upserts a second from its own thread, and notices when that thread stalls. */
export class SteadyLoad {
  readonly #registry: Pick<PeerRegistry, 'upsert'>;
  readonly #perMs: number;
  readonly #clock: Clock;
  readonly #stream = new PeerStream(peers, 'faults');
  #cancel: (() => void) | undefined;
  #lastTick = 0;
  #owed = 0;
  #inFlight = 0;
  #longestStall = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(registry: Pick<PeerRegistry, 'upsert'>, perSecond: number, clock: Clock) {
    this.#registry = registry;
    this.#perMs = perSecond / 1000;
    this.#clock = clock;
  }

  /** Begins, or goes on. */
  start(): void {
    this.#lastTick = this.#clock.monotonic();
    this.#owed = 0;
    this.#cancel = this.#clock.after(tickMs, this.#tick);
  }

  /** Stops, and resolves when every command was answered. */
  async stop(): Promise<void> {
    this.#cancel?.();
    while (this.#inFlight > 0) await new Promise<void>((next) => this.#clock.after(tickMs, next));
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** The longest stall since this was last asked, in milliseconds. */
  takeLongestStall(): number {
    const longest = this.#longestStall;
    this.#longestStall = 0;
    return longest;
  }

  readonly #tick = (): void => {
    const now = this.#clock.monotonic();
    const elapsed = now - this.#lastTick;
    this.#lastTick = now;
    this.#longestStall = Math.max(this.#longestStall, elapsed - tickMs);
    this.#owed += Math.min(elapsed, mostCatchUpMs) * this.#perMs;
    for (; this.#owed >= 1 && this.#inFlight < mostInFlight; this.#owed--) {
      this.#inFlight++;
      this.#registry.upsert(this.#stream.next()).then(this.#answered, this.#failed);
    }
    this.#owed = Math.min(this.#owed, mostCatchUpMs * this.#perMs);
    this.#cancel = this.#clock.after(tickMs, this.#tick);
  };

  readonly #answered = (): void => {
    this.#inFlight--;
  };

  readonly #failed = (error: unknown): void => {
    this.#failure ??= { error };
    this.#answered();
  };
}

/** Between two looks at the clock; a stall is what goes beyond it. */
const tickMs = 2;
/** Commands sent and not yet answered, at most. */
const mostInFlight = 4_096;
/** After a stall, what was missed is not made up for beyond this. */
const mostCatchUpMs = 250;
const peers = 1_000;
