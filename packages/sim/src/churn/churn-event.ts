import type { PeerEntry } from '@panoptes/core';
import type { Skipped } from '../traces/skipped.js';

/** A peer that comes online or changes: its whole entry, its times in virtual time. */
export interface PeerArrives {
  /** Virtual milliseconds since the start of the trace. */
  readonly at: number;
  readonly kind: 'join' | 'update';
  readonly peer: PeerEntry;
}

/** A peer that goes offline. */
export interface PeerLeaves {
  /** Virtual milliseconds since the start of the trace. */
  readonly at: number;
  readonly kind: 'leave';
  readonly nodeId: string;
}

/** What happens to one peer at one instant. A source yields these in order of time. */
export type ChurnEvent = PeerArrives | PeerLeaves;

/** Where churn comes from: a recorded trace or a generator. It can be read once. */
export interface ChurnSource {
  /** What it is, for the report: a file, or a preset and its seed. */
  readonly name: string;
  /** Its format or kind, as in `skype availability trace`. */
  readonly kind: string;
  /** When its virtual time starts, in Unix milliseconds. */
  readonly epochMs: number;
  /** The events. Fails with a TraceError where the input cannot be read on. */
  readonly events: AsyncIterable<ChurnEvent>;
  /**
   * How long the source lasts, in virtual milliseconds: the span over which means are taken. Known
   * once all events have been read.
   */
  spanMs(): number;
  /** How much of it has been read, from 0 to 1. */
  fractionRead(): number;
  /** What was left out of the files behind it until now; absent where nothing can be. */
  readonly skipped?: Skipped;
}
