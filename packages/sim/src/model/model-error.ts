import { PanoptesError } from '@panoptes/core';

/** The plain model has ended, so nothing can be compared with it any more. */
export class ModelError extends PanoptesError {
  readonly code = 'MODEL_ENDED';
  /** Whose code was being called then, if it was any observer's. */
  readonly observer: string | undefined;

  constructor(message: string, observer: string | undefined, options?: ErrorOptions) {
    super(message, options);
    this.observer = observer;
  }
}
