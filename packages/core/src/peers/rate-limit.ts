/** How many commands a registry takes; each limit is off when it is undefined. */
export interface RateLimits {
  /** Commands a second, all peers together. */
  readonly globalPerSecond?: number | undefined;
  /** Commands a minute for one peer. */
  readonly perPeerPerMinute?: number | undefined;
}

/** Peers whose recent commands are remembered at once; past it the one silent for longest is forgotten. */
const maxPeersRemembered = 65_536;

/**
 * Token buckets: one for all commands and one a peer. Each holds as many tokens as its limit and
 * fills up again evenly over its period. A command takes a token whether or not it commits in the
 * end; one that finds a bucket empty is refused.
 */
export class RateLimiter {
  readonly #global: Bucket | undefined;
  readonly #perPeer: number | undefined;
  readonly #peers = new Map<string, Bucket>();

  constructor(limits: RateLimits) {
    const { globalPerSecond, perPeerPerMinute } = limits;
    this.#global = globalPerSecond === undefined ? undefined : new Bucket(globalPerSecond, 1_000);
    this.#perPeer = perPeerPerMinute;
  }

  /** Whether any limit is on. */
  get isOn(): boolean {
    return this.#global !== undefined || this.#perPeer !== undefined;
  }

  /** How many peers' buckets are held. */
  get peersRemembered(): number {
    return this.#peers.size;
  }

  /**
   * Counts a command at `now`.
   *
   * @param now - milliseconds by a clock that is never set back
   * @param peer - the node id it is about, if it is about one
   * @returns 0 when it may pass, else the milliseconds after which one may
   */
  take(peer: string | undefined, now: number): number {
    const wait = this.#global?.take(now) ?? 0;
    if (wait > 0) return wait;
    return peer === undefined || this.#perPeer === undefined
      ? 0
      : this.#bucketOf(peer, this.#perPeer).take(now);
  }

  /** The bucket of a peer, which becomes the most recent. */
  #bucketOf(peer: string, limit: number): Bucket {
    const bucket = this.#peers.get(peer) ?? new Bucket(limit, 60_000);
    this.#peers.delete(peer);
    this.#peers.set(peer, bucket);
    if (this.#peers.size > maxPeersRemembered) {
      this.#peers.delete(this.#peers.keys().next().value!);
    }
    return bucket;
  }
}

class Bucket {
  readonly #size: number;
  readonly #msPerToken: number;
  #tokens: number;
  #filledAt = -Infinity;

  constructor(limit: number, periodMs: number) {
    // A limit below one a period still lets one pass in several periods.
    this.#size = Math.max(1, limit);
    this.#msPerToken = periodMs / limit;
    this.#tokens = this.#size;
  }

  take(now: number): number {
    if (now > this.#filledAt) {
      const gained = (now - this.#filledAt) / this.#msPerToken;
      this.#tokens = Math.min(this.#size, this.#tokens + gained);
      this.#filledAt = now;
    }
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    return Math.ceil((1 - this.#tokens) * this.#msPerToken);
  }
}
