import type { PeerTier } from '@panoptes/core/observer';
import { hashOf, thousandths } from '@panoptes/testkit/model';
import { randomNormal } from 'd3-random';
import type { Uniform } from '../../churn/random-source.js';
import type { ClassSpec } from '../schema/population.js';
import type { ClassEntries } from './class-entries.js';
import type { LivePeer, OnlineKind } from './live-peer.js';
import { PeerBag } from './peer-bag.js';
import { remembering } from './remembering.js';
import { noLinks } from './topology.js';

/** Peers of one actor: a class, or those that a phase brings. */
export class PeerKind {
  readonly online: OnlineKind = new PeerBag('placeInKind');
  readonly #normal: () => number;
  /** By number. */
  readonly #nodeIdOf: (number: number) => string;

  /**
   * @param seed - the run's
   * @param name - of the actor
   * @param idOf - node ids by number, where they are given; they follow from seed and name otherwise
   * @param uniform - draws what is measured of a peer when it joins
   */
  constructor(
    seed: string,
    name: string,
    private readonly spec: ClassSpec,
    private readonly entries: ClassEntries,
    private readonly uniform: Uniform,
    idOf?: (number: number) => string,
    private readonly traits: KindTraits = {},
  ) {
    this.#normal = randomNormal.source(uniform)();
    this.#nodeIdOf = idOf ?? remembering((number) => hashOf(`${seed}\0peer\0${name}\0${number}`));
  }

  /** A peer that comes now, for `lengthMs`. It is in the network once it has joined it. */
  peer(
    number: number,
    at: number,
    lengthMs: number,
    onGone: LivePeer['onGone'] = noReturn,
  ): LivePeer {
    const { spec, entries, traits } = this;
    const nodeId = this.#nodeIdOf(number);
    const { latency, jitter, quality } = spec.links;
    return {
      identity: entries.identityOf(nodeId),
      kind: this.online,
      number,
      onGone,
      joinedAt: at,
      // A session shorter than a millisecond still ends after it began.
      endsAt: at + Math.max(1, Math.round(lengthMs)),
      lastSeen: at,
      latencyMs: thousandths(latency * Math.exp(jitter * this.#normal())),
      signal: thousandths(Math.min(1, Math.max(0, quality + 0.1 * this.#normal()))),
      trust: traits.trust ?? thousandths(0.2 + 0.8 * this.uniform()),
      tier: traits.tier ?? entries.tierOf(nodeId),
      bytes: 0,
      links: noLinks,
      validates: false,
      state: 'gone',
      place: 0,
      placeInKind: 0,
    };
  }
}

/** One for all: a million peers have one each. */
const noReturn = (): void => undefined;

/** How the peers of a kind differ from those of their class. */
export interface KindTraits {
  readonly tier?: PeerTier;
  readonly trust?: number;
}
