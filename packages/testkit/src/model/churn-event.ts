import type { PeerEntry } from '@panoptes/core/observer';

/** What happens to one peer at one instant, in order of time. */
export type ChurnEvent = PeerArrives | PeerLeaves;

/** A peer that comes online or changes: its whole entry, its times in virtual time. */
export interface PeerArrives {
  /** Virtual milliseconds since the start. */
  readonly at: number;
  readonly kind: 'join' | 'update';
  readonly peer: PeerEntry;
}

/** A peer that goes offline. */
export interface PeerLeaves {
  /** Virtual milliseconds since the start. */
  readonly at: number;
  readonly kind: 'leave';
  readonly nodeId: string;
}
