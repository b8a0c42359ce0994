import { messageWithCause } from '../error-of.js';
import { RegistryFailedError } from '../errors.js';
import { StoreError } from '../store-error.js';

/** What callers of a registry are told that was stopped by something, as a bug or its store. */
export function failureBy(cause: unknown): RegistryFailedError {
  const reason =
    cause instanceof StoreError
      ? `its store failed, which stopped the registry (onStoreFailure: 'fail')`
      : 'a bug inside the registry stopped it';
  return new RegistryFailedError(`${reason}: ${messageWithCause(cause)}`, { cause });
}
