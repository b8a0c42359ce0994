import type { OpenedSpace } from '../registry/registry-store.js';
import type { StoredObservers } from '../registry/stored-observers.js';
import type { ObserverSpec } from './observer-terms.js';

/**
 * Opens the space of an observer for its next incarnation, if it stores anything.
 *
 * @param stored - is there when it does
 */
export async function openSpace(
  { name, resume, storeLimitMb }: ObserverSpec,
  stored: StoredObservers | undefined,
): Promise<OpenedSpace | undefined> {
  if (resume === false) return undefined;
  const format = resume === true ? '' : resume;
  return stored!.open(name, format, storeLimitMb * 2 ** 20);
}
