import { PanoptesError } from '@panoptes/core';

/** What was found cannot be written down, as on a full disk. */
export class OutputError extends PanoptesError {
  readonly code = 'OUTPUT_FAILED';
}
