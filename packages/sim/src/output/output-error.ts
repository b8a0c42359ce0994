import { PanoptesError } from '@panoptes/core';

/** Results cannot be written, as on a full disk. */
export class OutputError extends PanoptesError {
  readonly code = 'OUTPUT_FAILED';
}
