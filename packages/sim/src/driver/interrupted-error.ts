import { PanoptesError } from '@panoptes/core';

/** A run was stopped from outside before there was anything to report of it. */
export class InterruptedError extends PanoptesError {
  readonly code = 'INTERRUPTED';
}
