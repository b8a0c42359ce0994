import { PanoptesError } from '@panoptes/core';

/** A store holds another run than the one that was to be continued. */
export class OtherRunError extends PanoptesError {
  readonly code = 'STORE_OF_OTHER_RUN';

  /**
   * @param run - what was to be continued, such as `kad, seed 1`
   * @param found - what the store holds in its place
   * @param place - the store, in words
   */
  constructor(
    readonly run: string,
    readonly found: string,
    place: StoreWords = ownStore,
  ) {
    super(
      `${place.name} holds another run than ${run}: ${found}; start it with the scenario, files and seed ` +
        `that it was begun with, or ${place.remedy}`,
    );
  }
}

/** How a store is spoken of. */
export interface StoreWords {
  readonly name: string;
  /** What is to be done for a run that is not the one it holds. */
  readonly remedy: string;
}

const ownStore: StoreWords = { name: 'the store', remedy: 'give this one a store of its own' };
