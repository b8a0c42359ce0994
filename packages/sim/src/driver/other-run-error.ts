import { PanoptesError } from '@panoptes/core';

/** A store holds another run than the one that was to be continued. */
export class OtherRunError extends PanoptesError {
  readonly code = 'STORE_OF_OTHER_RUN';

  /**
   * @param run - what was to be continued, such as `kad, seed 1`
   * @param found - what the store holds in its place
   */
  constructor(run: string, found: string) {
    super(
      `the store holds another run than ${run}: ${found}; start it with the scenario, files and seed ` +
        'that it was begun with, or give this one a store of its own',
    );
  }
}
