import { pick, type Uniform } from '../../churn/random-source.js';
import type { DrawMs } from '../../churn/distribution.js';
import type { PhaseSpec } from '../schema/phases.js';
import type { Outage, Partition } from './cuts.js';
import type { LivePeer, PeersOfState } from './live-peer.js';
import { type Network, ranks } from './network.js';
import type { PeerKind } from './peer-kind.js';

/** Many come within a phase, each for a while of its own. */
export function startCrowd(
  deps: DisruptionDeps<'flash-crowd' | 'sybil-flood'>,
  kind: PeerKind,
  stay: DrawMs,
): void {
  const { phase, network, startsAt, uniform } = deps;
  // A crowd's rate falls off by e³ until the phase ends; a flood's is even.
  const places = Float64Array.from({ length: phase.peers }, () =>
    phase.kind === 'flash-crowd' ? -Math.log(1 - uniform() * (1 - Math.exp(-3))) / 3 : uniform(),
  ).sort();
  let number = 0;
  const next = (): void => {
    if (number === places.length) return;
    at(network, startsAt + phase.duration * places[number]!, ranks.join, (now) => {
      network.join(kind.peer(number++, now, stay()), now);
      next();
    });
  };
  next();
}

/**
 * All that a phase strikes in a part of the map are gone until the phase ends, or until the last of the
 * outages that hold them does; of those whom it lets go most then go on where they were.
 */
export function startOutage(
  { phase, network, startsAt, uniform }: DisruptionDeps<'regional-outage'>,
  { online, isStruck }: StruckPeers,
): void {
  const west = uniform();
  const isInside = (x: number): boolean => (x - west + 1) % 1 < phase.region;
  const outage: Outage = {
    reach: 'down',
    lost: new Map(),
    holds: (peer) => isStruck(peer) && isInside(peer.identity.spot.x),
  };
  at(network, startsAt, ranks.leave, (now) => {
    const all = [...online.toArray(), ...network.unheard.toArray()];
    for (const peer of all.filter(outage.holds)) {
      // For good, as far as their class knows: no other peer may come under their names meanwhile.
      network.leave(peer, now);
      outage.lost.set(peer, now);
    }
    network.cuts.begin(outage);
  });
  at(network, startsAt + phase.duration, ranks.change, (now) => {
    network.cuts.end(outage);
    for (const [peer, lostAt] of outage.lost) {
      const other = network.cuts.outageOf(peer);
      if (other !== undefined) other.lost.set(peer, lostAt);
      else if (uniform() >= phase.back) peer.onGone(peer.number);
      else network.join({ ...peer, joinedAt: now, endsAt: peer.endsAt + now - lostAt }, now);
    }
    outage.lost.clear();
  });
}

/** The far side falls silent one peer after another, and is heard again when nothing holds it any more. */
export function startPartition(
  { phase, network, startsAt, uniform }: DisruptionDeps<'partition'>,
  { online, isStruck }: StruckPeers,
): void {
  const partition: Partition = {
    reach: 'unheard',
    holds: (peer) => isStruck(peer) && peer.identity.side < phase.far,
  };
  at(network, startsAt, ranks.leave, (now) => {
    for (const peer of online.toArray().filter(partition.holds)) {
      const within = Math.min(phase.timeout, phase.duration - 1) * uniform();
      at(network, now + within, ranks.leave, (then) => {
        if (peer.state === 'online') network.silence(peer, then);
      });
    }
    network.cuts.begin(partition);
  });
  at(network, startsAt + phase.duration, ranks.change, (now) => {
    network.cuts.end(partition);
    for (const peer of network.unheard.toArray()) {
      if (network.cuts.reachOf(peer) === 'heard') network.unsilence(peer, now);
    }
  });
}

/** A share of those whom it strikes leave for good, one after another at an even rate. */
export function startDeparture(
  { phase, network, startsAt, uniform }: DisruptionDeps<'mass-departure'>,
  { online }: StruckPeers,
): void {
  at(network, startsAt, ranks.leave, (now) => {
    const leaving = Math.round(phase.share * online.size);
    const gap = phase.duration / leaving;
    let left = 0;
    const next = (): void => {
      if (left === leaving) return;
      at(network, now + gap * (left + 0.5), ranks.leave, (then) => {
        left++;
        if (online.size > 0) network.leave(online.at(pick(uniform, online.size)), then);
        next();
      });
    };
    next();
  });
}

/** What the course of one phase depends on. */
export interface DisruptionDeps<Kind extends PhaseSpec['kind']> {
  readonly phase: PhaseOf<Kind>;
  readonly network: Network;
  /** Virtual milliseconds. */
  readonly startsAt: number;
  readonly uniform: Uniform;
}

/** Whom a phase strikes. */
export interface StruckPeers {
  /** Those of them that are online. */
  readonly online: Pick<PeersOfState, 'size' | 'at' | 'toArray'>;
  /** Whether a peer is one of them, online or not. */
  readonly isStruck: (peer: LivePeer) => boolean;
}

type PhaseOf<Kind extends PhaseSpec['kind']> = Extract<PhaseSpec, { kind: Kind }>;

/** Calls `task` once, when `at` has come. */
function at(network: Network, time: number, rank: 0 | 1 | 2, task: (at: number) => void): void {
  network.schedule({ act: task }, time, rank);
}
