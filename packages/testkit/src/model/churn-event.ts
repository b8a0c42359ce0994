import type { PeerEntry, PeerPatch } from '@panoptes/core/observer';

/** What happens to one peer at one instant, in order of time. */
export type ChurnEvent = PeerArrives | PeerPatched | PeerLeaves;

/** A peer that comes online or changes: its whole entry, its times in virtual time. */
export interface PeerArrives {
  /** Virtual milliseconds since the start. */
  readonly at: number;
  readonly kind: 'join' | 'update';
  readonly peer: PeerEntry;
}

/**
 * A peer of which some fields change, as at a heartbeat. It must be online. A patch of numbers, flags
 * and choices costs a small part of a whole entry.
 */
export interface PeerPatched {
  /** Virtual milliseconds since the start. */
  readonly at: number;
  readonly kind: 'patch';
  readonly nodeId: string;
  /** As `registry.update` takes it, its times in virtual time. */
  readonly patch: PeerPatch;
}

/** A peer that goes offline. */
export interface PeerLeaves {
  /** Virtual milliseconds since the start. */
  readonly at: number;
  readonly kind: 'leave';
  readonly nodeId: string;
}

/** Whom an event is about. */
export const nodeIdOf = (event: ChurnEvent): string =>
  'peer' in event ? event.peer.peerId.nodeId : event.nodeId;
