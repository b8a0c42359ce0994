import { randomNormal } from 'd3-random';
import { type DrawMs, exponential } from '../../churn/distribution.js';
import { pick, type Uniform } from '../../churn/random-source.js';
import { type PeerPatch, tiers } from '@panoptes/core/observer';
import { thousandths } from '@panoptes/testkit/model';
import type { PeerUpdatesSpec } from '../schema/updates.js';
import type { LivePeer, OnlineKind } from './live-peer.js';
import { type Actor, type Network, ranks } from './network.js';

/**
 * Changes that come to each peer of a kind by itself, at random and memoryless. One process draws
 * them for all: at the rate of as many peers as there is room for, of which a candidate is drawn; a
 * place that no peer holds changes nothing. So no peer needs a timer of its own.
 */
class UpdateProcess implements Actor {
  #room: number;
  #nextAt: number;
  #draw: DrawMs;

  constructor(
    private readonly deps: UpdateDeps,
    private readonly everyMs: number,
    private readonly uniform: Uniform,
    private readonly change: Change,
  ) {
    this.#room = Math.ceil(1.25 * deps.usual) + 8;
    this.#draw = this.#drawFor(this.#room);
    this.#nextAt = deps.startsAt + this.#draw();
    deps.network.schedule(this, this.#nextAt, ranks.change);
  }

  act(at: number): void {
    const { network, peers } = this.deps;
    const place = pick(this.uniform, this.#room);
    const peer = place < peers.size ? peers.at(place) : undefined;
    const patch = peer && this.change(peer, at);
    if (patch !== undefined) network.patched(peer!, at, patch);
    if (peers.size > this.#room) {
      // Drawing anew at the higher rate loses nothing: the process has no memory.
      this.#room = 2 * peers.size;
      this.#draw = this.#drawFor(this.#room);
    }
    this.#nextAt += this.#draw();
    network.schedule(this, this.#nextAt, ranks.change);
  }

  #drawFor(room: number): DrawMs {
    return exponential(this.everyMs / room).sampler(this.uniform);
  }
}

/** Changes a peer. Returns what is new of its entry; undefined when it stays as it is. */
type Change = (peer: LivePeer, at: number) => PeerPatch | undefined;

/** What the updates of a kind of peer depend on. */
export interface UpdateDeps {
  readonly network: Network;
  /** When virtual time starts, in Unix milliseconds. */
  readonly epochMs: number;
  readonly peers: OnlineKind;
  /** How many of them are online usually, or at most. */
  readonly usual: number;
  /** Virtual milliseconds. */
  readonly startsAt: number;
  /** The random numbers of one kind of update. */
  readonly stream: (part: string) => Uniform;
}

/** Starts the updates that a scenario asks for, for one kind of peers. */
export function startUpdates(spec: PeerUpdatesSpec, deps: UpdateDeps): void {
  const start = (part: string, everyMs: number, change: (uniform: Uniform) => Change): void => {
    const uniform = deps.stream(part);
    new UpdateProcess(deps, everyMs, uniform, change(uniform));
  };
  const { heartbeat, metrics, trust, tiers: standing } = spec;
  if (heartbeat !== undefined) {
    start('heartbeats', heartbeat.every, (draw) => heartbeats(draw, deps.epochMs));
  }
  if (metrics !== undefined) start('metrics', metrics.every, (draw) => drift(draw, metrics.drift));
  if (trust !== undefined) start('trust', trust.every, (draw) => walk(draw, trust.step));
  if (standing !== undefined) start('tiers', standing.every, promotions);
}

const heartbeats = (uniform: Uniform, epochMs: number): Change => {
  return (peer, at) => {
    const bytes = pick(uniform, 1_000_000);
    if (at <= peer.lastSeen && bytes === 0) return undefined;
    peer.lastSeen = at;
    peer.bytes += bytes;
    const seenAt = epochMs + at;
    return { dhtInfo: { lastContact: seenAt }, lastSeen: seenAt, dataTransferred: peer.bytes };
  };
};

function drift(uniform: Uniform, sigma: number): Change {
  const normal = randomNormal.source(uniform)(0, sigma);
  return (peer) => {
    const { latencyMs, signal } = peer;
    peer.latencyMs = thousandths(Math.min(60_000, latencyMs * Math.exp(normal())));
    peer.signal = thousandths(Math.min(1, Math.max(0, signal + normal() / 10)));
    if (peer.latencyMs === latencyMs && peer.signal === signal) return undefined;
    return { connectionMetrics: { signalStrength: peer.signal, latencyMs: peer.latencyMs } };
  };
}

const walk = (uniform: Uniform, step: number): Change => {
  return (peer) => {
    const before = peer.trust;
    peer.trust = thousandths(Math.min(1, Math.max(0, before + step * (2 * uniform() - 1))));
    return peer.trust === before ? undefined : { trustScore: peer.trust };
  };
};

const promotions = (uniform: Uniform): Change => {
  return (peer) => {
    const to = tiers.indexOf(peer.tier) + (uniform() < 0.5 ? -1 : 1);
    const tier = tiers[to];
    if (tier === undefined) return undefined;
    peer.tier = tier;
    return { tier };
  };
};
