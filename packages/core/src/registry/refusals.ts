import { isA } from '../error-of.js';
import { ConfigError, PanoptesError, RegistryClosedError, describe } from '../errors.js';
import { RegistryReadOnlyError } from '../replica-errors.js';

/** What callers of a replica are told. */
export const readOnly = (): RegistryReadOnlyError =>
  new RegistryReadOnlyError(
    'the registry is a replica and takes no commands of its own; send them to its primary, give ' +
      "createReplica whoever takes them as option 'forward', or promote it",
  );

/** What callers of a registry that is closed are told. */
export const closed = (): RegistryClosedError =>
  new RegistryClosedError('the registry is closed and takes no more commands');

/** @throws {ConfigError} when it is no error of ours, which callers could be told */
export function checkReason(reason: unknown): void {
  if (isA(reason, PanoptesError)) return;
  throw new ConfigError(`reason: expected a PanoptesError, got ${describe(reason)}`);
}
