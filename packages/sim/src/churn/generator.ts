import type { PeerEntry } from '@panoptes/core';
import { randomExponential } from 'd3-random';
import FlatQueue from 'flatqueue';
import { VirtualClock } from '../time/virtual-clock.js';
import type { ChurnEvent, ChurnSource } from './churn-event.js';
import { hashOf } from './identity.js';
import type { Preset } from './presets.js';
import { pick, substream } from './random-source.js';
import {
  drawResidual,
  drawWeibull,
  type DrawMs,
  type SessionTimes,
  weibullOfMean,
  weibullTimes,
} from './session-times.js';
import { SyntheticPeers } from './synthetic-peers.js';

/** When generated time starts: an arbitrary fixed day, so that a seed's entries never change. */
export const generatedEpochMs = Date.UTC(2026, 0, 1);

/** What to generate. */
export interface GeneratorOptions {
  readonly preset: Preset;
  readonly presetName: string;
  /** Mean number of peers online, above 0. */
  readonly meanOnline: number;
  readonly seed: string;
  readonly durationMs: number;
  /** How long peers stay, instead of the preset's sessions. */
  readonly sessions?: SessionTimes | undefined;
}

/** One peer's stay. */
interface Session {
  readonly member: number;
  readonly endsAt: number;
  peer: PeerEntry;
}

type Step =
  | { readonly kind: 'leave' | 'heartbeat'; readonly session: Session }
  | { readonly kind: 'arrival' };

/** At one instant leaves come first, then heartbeats, then arrivals, as in recorded traces. */
const rank = { leave: 0, heartbeat: 1, arrival: 2 } as const;

/**
 * Generates churn: peers arrive, stay for a while, give a sign of life now and then, leave, and come
 * back. The network starts in its steady state, with the mean number of peers online and what is
 * left of their sessions; the rate of arrivals then follows from Little's law,
 * mean online = rate × mean session. The same options give the same events, byte for byte.
 */
export function generateChurn(options: GeneratorOptions): ChurnSource {
  const { presetName, seed, meanOnline, durationMs } = options;
  const clock = new VirtualClock(generatedEpochMs);
  return {
    name: `${presetName}, ${Number(meanOnline.toFixed(1))} peers, seed ${seed}`,
    kind: 'generated churn',
    epochMs: generatedEpochMs,
    events: new Churn(options, clock),
    spanMs: () => durationMs,
    fractionRead: () => clock.monotonic() / durationMs,
  };
}

class Churn implements AsyncIterable<ChurnEvent> {
  readonly #queue = new FlatQueue<Step>();
  readonly #peers: SyntheticPeers;
  /** Numbers of peers that exist and are offline, in no order. */
  readonly #offline: number[] = [];
  #members = 0;
  /** The next arrival, not rounded, so that rounding never adds up. */
  #arrivalAt = 0;
  readonly #population: number;
  readonly #options: GeneratorOptions;
  readonly #clock: VirtualClock;
  readonly #draw: {
    readonly arrival: DrawMs;
    readonly firstArrival: DrawMs;
    readonly session: DrawMs;
    readonly residual: DrawMs;
    readonly heartbeat: DrawMs;
    readonly member: () => number;
    readonly measurement: () => number;
  };

  constructor(options: GeneratorOptions, clock: VirtualClock) {
    const { preset, seed, meanOnline } = options;
    const sessions = options.sessions ?? weibullTimes(preset.session);
    const arrivals = weibullOfMean(preset.arrivalShape, sessions.meanMs / meanOnline);
    const perMs = 1 / sessions.meanMs;
    this.#options = options;
    this.#clock = clock;
    this.#population = Math.ceil(meanOnline / preset.availability);
    this.#peers = new SyntheticPeers(clock, substream(seed, 'links'));
    this.#draw = {
      arrival: drawWeibull(substream(seed, 'arrivals'), arrivals),
      firstArrival: drawResidual(substream(seed, 'first arrival'), arrivals),
      session: sessions.sampler(substream(seed, 'sessions')),
      residual: sessions.residual(substream(seed, 'initial sessions')),
      heartbeat: randomExponential.source(substream(seed, 'heartbeats'))(perMs),
      member: substream(seed, 'members'),
      measurement: substream(seed, 'measurements'),
    };
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a source is read asynchronously, this one never waits
  async *[Symbol.asyncIterator](): AsyncGenerator<ChurnEvent> {
    const initial = Math.round(this.#options.meanOnline);
    for (let joined = 0; joined < initial; joined++) yield this.#join(0, this.#draw.residual());
    this.#scheduleArrival(this.#draw.firstArrival());
    for (;;) {
      const at = Math.floor(this.#queue.peekValue()! / ranks);
      if (at > this.#options.durationMs) break;
      this.#clock.advanceTo(at);
      yield this.#take(this.#queue.pop()!, at);
    }
    this.#clock.advanceTo(this.#options.durationMs);
  }

  #take(step: Step, at: number): ChurnEvent {
    if (step.kind === 'arrival') {
      this.#scheduleArrival(this.#draw.arrival());
      return this.#join(at, this.#draw.session());
    }
    const { session } = step;
    if (step.kind === 'heartbeat') {
      this.#scheduleHeartbeat(session, at);
      session.peer = this.#measure(session.peer);
      return { at, kind: 'update', peer: session.peer };
    }
    const { nodeId } = session.peer.peerId;
    this.#offline.push(session.member);
    this.#peers.leave(nodeId);
    return { at, kind: 'leave', nodeId };
  }

  #join(at: number, lengthMs: number): ChurnEvent {
    const member = this.#drawMember();
    const peer = this.#peers.join(hashOf(`${this.#options.seed}\0peer\0${member}`));
    // A session shorter than a millisecond still ends after it began.
    const endsAt = at + Math.max(1, Math.round(lengthMs));
    const session: Session = { member, endsAt, peer };
    this.#schedule({ kind: 'leave', session }, endsAt);
    this.#scheduleHeartbeat(session, at);
    return { at, kind: 'join', peer };
  }

  /** A peer that was here before, or a new one while not all that exist have been seen. */
  #drawMember(): number {
    const unseen = Math.max(0, this.#population - this.#members);
    const choice = pick(this.#draw.member, Math.max(1, unseen + this.#offline.length));
    if (choice >= this.#offline.length) return this.#members++;
    const member = this.#offline[choice]!;
    const last = this.#offline.pop()!;
    if (choice < this.#offline.length) this.#offline[choice] = last;
    return member;
  }

  #scheduleArrival(delayMs: number): void {
    this.#arrivalAt += delayMs;
    this.#schedule({ kind: 'arrival' }, this.#arrivalAt);
  }

  /** Heartbeats come at random, one a mean session, and only while the peer is here. */
  #scheduleHeartbeat(session: Session, at: number): void {
    const next = at + Math.max(1, Math.round(this.#draw.heartbeat()));
    if (next < session.endsAt) this.#schedule({ kind: 'heartbeat', session }, next);
  }

  #measure(peer: PeerEntry): PeerEntry {
    const draw = this.#draw.measurement;
    const drift = (draw() - 0.5) / 10;
    return this.#peers.refresh(peer, {
      latencyMs: Math.round(5 + 200 * draw()),
      trustScore: Number(Math.min(1, Math.max(0, peer.trustScore + drift)).toFixed(3)),
      bytesMoved: pick(draw, 1_000_000),
    });
  }

  #schedule(step: Step, at: number): void {
    this.#queue.push(step, Math.round(at) * ranks + rank[step.kind]);
  }
}

/** The queue's priority is a time and a rank in one number, exact up to 2^51 milliseconds. */
const ranks = 4;
