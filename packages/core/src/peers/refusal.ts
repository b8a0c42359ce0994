import { isA } from '../error-of.js';
import { PanoptesError, PeerValidationError } from '../errors.js';

/** What a caller is told whose object could not be read: it may throw anything, where it is a getter. */
export function refusalFor(thrown: unknown): PanoptesError {
  if (isA(thrown, PanoptesError)) return thrown;
  return new PeerValidationError('peer', 'an object whose fields can be read', undefined, {
    cause: thrown,
  });
}
