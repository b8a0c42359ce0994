import { isA, messageWithCause } from '../error-of.js';
import { type PanoptesError, RegistryFailedError } from '../errors.js';
import { RegistryFencedError, StoreError } from '../store-error.js';

/** What callers of a registry are told that was stopped by something, as a bug or its store. */
export function failureBy(cause: unknown): PanoptesError {
  // Nothing is wrong with it: another goes on in its place.
  if (isA(cause, RegistryFencedError)) return cause;
  const reason =
    cause instanceof StoreError
      ? `its store failed, which stopped the registry (onStoreFailure: 'fail')`
      : 'a bug inside the registry stopped it';
  return new RegistryFailedError(`${reason}: ${messageWithCause(cause)}`, { cause });
}
