import type { CallerEnding } from '@panoptes/core/caller';

/** The first message that is sent to a registry's port: what a caller needs to connect. */
export interface PortOpening {
  readonly panoptes: typeof openingMark;
  readonly buffer: unknown;
  readonly maxBatchChanges: number;
}

/** The last one: the registry has closed its end. */
export interface PortEnding {
  readonly ending: CallerEnding;
}

/** Tells an opening from what else may be sent to a port. */
export const openingMark = 'registry';
