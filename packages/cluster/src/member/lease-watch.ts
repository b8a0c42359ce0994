import { type KV, type KvWatchEntry, KvWatchInclude, Kvm } from '@nats-io/kv';
import { type Chance, systemClock } from '@panoptes/core';
import { type LeaseHolder, leaseHolder, leaseKey } from '../primary-lease.js';
import type { ServerConnection } from '../server-connection.js';

/**
 * Watches the lease of the primary, as its bucket tells of it: who holds it, and when it is worth an attempt to
 * take it. When that is, is told by this machine's own time since the last renewal: whoever takes it then asks
 * the server.
 */
export class LeaseWatch {
  readonly #server: ServerConnection;
  readonly #bucket: string;
  readonly #changed: LeaseChanged;
  readonly #chance: Chance;
  #entries: { stop(): void } | undefined;
  #holder: LeaseHolder | undefined;
  /** When the last sign of its holder came. */
  #heardAt = systemClock.monotonic();
  #wake: () => void = () => undefined;
  #isClosed = false;

  /** @param changed - is told who holds it, each time that another does, or the same in another epoch, or nobody */
  constructor(
    server: ServerConnection,
    bucket: string,
    { changed, chance }: { readonly changed: LeaseChanged; readonly chance: Chance },
  ) {
    this.#server = server;
    this.#bucket = bucket;
    this.#changed = changed;
    this.#chance = chance;
  }

  /** Who held it last, as far as is known. */
  get holder(): LeaseHolder | undefined {
    return this.#holder;
  }

  /** Watches until it is closed, also when the servers were gone. */
  async run(): Promise<void> {
    for (; !this.#isClosed; await pause(retryMs)) {
      try {
        const bucket: KV = await new Kvm(this.#server.client).open(this.#bucket);
        const entries = await bucket.watch({ key: leaseKey, include: KvWatchInclude.LastValue });
        if (this.#isClosed) entries.stop();
        this.#entries = entries;
        for await (const entry of entries) this.#take(entry);
      } catch {
        // Without its servers nothing is heard, and nothing can be taken.
      }
    }
  }

  /**
   * Resolves when nobody seems to hold it, or the watch is closed. Each who waits is given a little time of its
   * own beyond that: of several candidates, one comes first.
   */
  async free(): Promise<void> {
    const patience = this.#chance();
    while (!this.#isClosed) {
      const leftMs = this.#leftMs(patience);
      if (leftMs <= 0) return;
      // Whatever is heard of it meanwhile says anew how long that is.
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        const cancel = systemClock.after(Math.ceil(leftMs), resolve);
        this.#wake = () => {
          cancel();
          resolve();
        };
      });
    }
  }

  /** Notes that somebody else holds it, whom it has not heard of. */
  held(): void {
    this.#heardAt = systemClock.monotonic();
  }

  close(): void {
    this.#isClosed = true;
    this.#entries?.stop();
    this.#wake();
  }

  #leftMs(patience: number): number {
    const leaseMs = this.#holder?.leaseMs ?? 0;
    const passed = systemClock.monotonic() - this.#heardAt;
    return leaseMs + patience * Math.max(leaseMs * spread, leastSpreadMs) - passed;
  }

  #take(entry: KvWatchEntry): void {
    this.#heardAt = systemClock.monotonic();
    const before = this.#holder;
    const holder = leaseHolder(entry);
    this.#holder = holder;
    if (before?.member !== holder?.member || before?.epoch !== holder?.epoch) this.#changed(holder);
    this.#wake();
  }
}

type LeaseChanged = (holder: LeaseHolder | undefined) => void;

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => void systemClock.after(ms, resolve));

const retryMs = 250;
/** Candidates come within this part of the lease. */
const spread = 0.1;
const leastSpreadMs = 50;
