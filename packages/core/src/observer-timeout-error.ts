import { PanoptesError } from './errors.js';

/** What an observer was to do is not done in time; it still will be when it can. */
export class ObserverTimeoutError extends PanoptesError {
  readonly code = 'OBSERVER_TIMEOUT';
}
