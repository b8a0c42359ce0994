import type { PeerPatch } from '@panoptes/core/observer';
import type { ChurnEvent } from '@panoptes/testkit/model';
import FlatQueue from 'flatqueue';
import { Cuts } from './cuts.js';
import type { LivePeer, PeersOfState } from './live-peer.js';
import { PeerBag } from './peer-bag.js';
import type { Topology } from './topology.js';

/** The network as it is at one instant of virtual time, and what is going to happen in it. */
export class Network {
  /** In the registry. */
  readonly online: PeersOfState = new PeerBag('place');
  /** On the far side of a partition. */
  readonly unheard: PeersOfState = new PeerBag('place');
  readonly cuts = new Cuts();
  readonly #queue = new FlatQueue<LivePeer | Actor>();
  readonly #events: ChurnEvent[] = [];

  constructor(private readonly topology: Topology) {}

  /** When something happens next; undefined when nothing will. */
  nextAt(): number | undefined {
    const key = this.#queue.peekValue();
    return key === undefined ? undefined : Math.floor(key / ranksPerInstant);
  }

  /** Lets the next thing happen, and returns what the registry gets to see of it. */
  step(): readonly ChurnEvent[] {
    this.#events.length = 0;
    const at = this.nextAt()!;
    const next = this.#queue.pop()!;
    if ('act' in next) next.act(at);
    else this.#endSession(next, at);
    return this.#events;
  }

  /** Calls on an actor at a time, rounded to a millisecond. */
  schedule(actor: Actor, at: number, rank: (typeof ranks)[keyof typeof ranks]): void {
    this.#queue.push(actor, Math.round(at) * ranksPerInstant + rank);
  }

  /** A session begins; it ends by itself at `peer.endsAt`. */
  join(peer: LivePeer, at: number): void {
    const reach = this.cuts.reachOf(peer);
    if (reach === 'down') {
      peer.state = 'gone';
      peer.onGone(peer.number);
      return;
    }
    this.#queue.push(peer, peer.endsAt * ranksPerInstant + ranks.leave);
    if (reach === 'unheard') this.#cutOff(peer);
    else this.#show(peer, at);
  }

  /** More than numbers of an online peer's entry has changed. */
  changed(peer: LivePeer, at: number): void {
    this.#events.push({ at, kind: 'update', peer: peer.identity.entry(peer) });
  }

  /** Some fields of an online peer's entry have changed. */
  patched({ identity }: LivePeer, at: number, patch: PeerPatch): void {
    this.#events.push({ at, kind: 'patch', nodeId: identity.nodeId, patch });
  }

  /** A session ends, for good unless who ends it brings the peer back. */
  leave(peer: LivePeer, at: number): void {
    if (peer.state === 'online') this.#hide(peer, at);
    else this.unheard.remove(peer);
    peer.state = 'gone';
  }

  /** An online peer is cut off: the registry loses it, its session goes on. */
  silence(peer: LivePeer, at: number): void {
    this.#hide(peer, at);
    this.#cutOff(peer);
  }

  /** A peer that was cut off is heard again. */
  unsilence(peer: LivePeer, at: number): void {
    this.unheard.remove(peer);
    this.#show(peer, at);
  }

  #endSession(peer: LivePeer, at: number): void {
    if (peer.state === 'gone') return;
    this.leave(peer, at);
    peer.onGone(peer.number);
  }

  #cutOff(peer: LivePeer): void {
    peer.state = 'unheard';
    this.unheard.add(peer);
  }

  #show(peer: LivePeer, at: number): void {
    peer.state = 'online';
    peer.lastSeen = at;
    peer.links = this.topology.join(peer, this.online);
    this.online.add(peer);
    peer.kind.add(peer);
    this.#events.push({ at, kind: 'join', peer: peer.identity.entry(peer) });
  }

  #hide(peer: LivePeer, at: number): void {
    this.online.remove(peer);
    peer.kind.remove(peer);
    this.topology.leave(peer);
    this.#events.push({ at, kind: 'leave', nodeId: peer.identity.nodeId });
  }
}

/** Something that happens at a time of its own. */
export interface Actor {
  /** Does what is due at `at`, in virtual milliseconds, and schedules what it does next. */
  act(at: number): void;
}

/** At one instant peers leave first, then come those who change what there is, then who joins. */
export const ranks = { leave: 0, change: 1, join: 2 } as const;
/** The queue's priority is a time and a rank in one number, exact up to 2^51 milliseconds. */
const ranksPerInstant = 4;
