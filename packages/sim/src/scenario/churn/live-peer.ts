import type { PeerEntry, PeerTier } from '@panoptes/core/observer';
import type { PeerBag } from './peer-bag.js';

/** One peer during one session: what changes of it. Its entry is made when it is needed. */
export interface LivePeer {
  readonly identity: PeerIdentity;
  /** Those of its kind that are online. */
  readonly kind: OnlineKind;
  /** Who it is among those of its kind. */
  readonly number: number;
  /** Called with its number when the session has ended, and the peer may come back. */
  readonly onGone: (number: number) => void;
  /** Virtual milliseconds. */
  readonly joinedAt: number;
  endsAt: number;
  lastSeen: number;
  latencyMs: number;
  signal: number;
  trust: number;
  tier: PeerTier;
  bytes: number;
  links: PeerEntry['links'];
  validates: boolean;
  /** `online`: in the registry. `unheard`: cut off, and maybe back. `gone`: its session has ended. */
  state: 'online' | 'unheard' | 'gone';
  /** Its position among those that are in the same state. */
  place: number;
  /** Its position among those of its kind, while it is online. */
  placeInKind: number;
}

/** Peers that are in one state. */
export type PeersOfState = PeerBag<'place', LivePeer>;

/** Those of one kind that are online. */
export type OnlineKind = PeerBag<'placeInKind', LivePeer>;

/** Where a peer is: on a unit square, and on a ring, which a place's `x` is taken for. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Who a peer is over all its sessions; everything follows from the seed, its group and its number. */
export interface PeerIdentity {
  readonly nodeId: string;
  readonly spot: Spot;
  /** On which side of a partition it is: it is far where this is below the far side's share. */
  readonly side: number;
  /** Makes the entry of a peer in a state. */
  readonly entry: (peer: LivePeer) => PeerEntry;
}
