import type { Distribution, DrawMs } from '../../churn/distribution.js';
import { pick, type Uniform } from '../../churn/random-source.js';
import { type Actor, type Network, ranks } from './network.js';
import type { PeerKind } from './peer-kind.js';

/**
 * The arrivals of one class. A network that is up starts in its steady state: with its usual number
 * of peers, and what is left of their sessions. One that comes up is made of parts that come up one
 * after another, each in its steady state, so that the number of peers grows evenly.
 */
export class ClassChurn implements Actor {
  /** Numbers of peers that exist and are offline, in no order. */
  readonly #offline: number[] = [];
  /** One function for all of them. */
  readonly #gone = (member: number): void => void this.#offline.push(member);
  #members = 0;
  #joined = 0;
  /** The next arrival, not rounded, so that rounding never adds up. */
  #arrivalAt = 0;
  readonly #member: Uniform;
  readonly #thinning: Uniform;
  readonly #arrival: DrawMs;
  readonly #session: DrawMs;
  readonly #residual: DrawMs;

  /** @param stream - the random numbers of one of its parts */
  constructor(
    private readonly network: Network,
    private readonly options: ClassChurnOptions,
    stream: (part: string) => Uniform,
  ) {
    const { sessions, arrivals } = options;
    this.#member = stream('members');
    this.#thinning = stream('warm-up');
    this.#arrival = arrivals.sampler(stream('arrivals'));
    this.#session = sessions.sampler(stream('sessions'));
    this.#residual = sessions.residual(stream('initial sessions'));
    const initial: Actor = { act: (at) => this.#comeUp(initial, at) };
    if (options.initial > 0) network.schedule(initial, 0, ranks.join);
    this.#arrivalAt = arrivals.residual(stream('first arrival'))();
    network.schedule(this, this.#arrivalAt, ranks.join);
  }

  act(at: number): void {
    this.#arrivalAt += this.#arrival();
    this.network.schedule(this, this.#arrivalAt, ranks.join);
    const { warmUpMs } = this.options;
    // Only the parts that are up already have arrivals.
    if (at < warmUpMs && this.#thinning() * warmUpMs >= at) return;
    this.#join(at, this.#session());
  }

  /** The next peer that is there from the start; all of them at once in a network that is up. */
  #comeUp(actor: Actor, at: number): void {
    const { initial, warmUpMs } = this.options;
    this.#joined++;
    this.#join(at, this.#residual());
    if (this.#joined === initial) return;
    this.network.schedule(actor, (warmUpMs * this.#joined) / initial, ranks.join);
  }

  #join(at: number, lengthMs: number): void {
    const member = this.#drawMember();
    const peer = this.options.kind.peer(member, at, lengthMs, this.#gone);
    this.network.join(peer, at);
  }

  /** A peer that was here before, or a new one while not all that exist have been seen. */
  #drawMember(): number {
    const unseen = Math.max(0, this.options.population - this.#members);
    const choice = pick(this.#member, Math.max(1, unseen + this.#offline.length));
    if (choice >= this.#offline.length) return this.#members++;
    const member = this.#offline[choice]!;
    const last = this.#offline.pop()!;
    if (choice < this.#offline.length) this.#offline[choice] = last;
    return member;
  }
}

/** How the peers of a class come and go. */
export interface ClassChurnOptions {
  readonly kind: PeerKind;
  readonly sessions: Distribution;
  /** Times between arrivals of this class. */
  readonly arrivals: Distribution;
  /** Peers online when the network has come up. */
  readonly initial: number;
  /** Peers that exist, online or not. */
  readonly population: number;
  /** Virtual milliseconds over which the network comes up; 0 for a network that is up. */
  readonly warmUpMs: number;
}
