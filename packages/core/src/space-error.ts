import { PanoptesError } from './errors.js';

/** An observer's store (`ctx.store`) has no room for what was set; nothing of it has changed. */
export class ObserverStoreFullError extends PanoptesError {
  readonly code = 'OBSERVER_STORE_FULL';
}
