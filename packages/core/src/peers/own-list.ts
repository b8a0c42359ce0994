import { PeerValidationError } from '../errors.js';

/**
 * Copies a list that a caller hands in, as long as it may be and no longer: one that is nothing but
 * holes has any length, and takes no memory of its owner's.
 *
 * @param ownItem - copies the item at a path
 * @throws {PeerValidationError} when it is longer than `maxItems`
 */
export function ownList(
  given: readonly unknown[],
  maxItems: number,
  path: string,
  ownItem: (item: unknown, path: string) => unknown,
): unknown[] {
  const size: unknown = given.length;
  if (typeof size !== 'number' || !(size <= maxItems)) {
    throw new PeerValidationError(path, `a list of at most ${maxItems}`, given);
  }
  return Array.from({ length: size }, (_, at) => ownItem(given[at], `${path}[${at}]`));
}
