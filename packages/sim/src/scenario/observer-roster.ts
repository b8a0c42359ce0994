import { basename } from 'node:path';
import type { ObserverEntry } from './schema/observers.js';

/** The names of an entry's instances, as in `mesh`, or `mesh-1` and `mesh-2`. */
export function observerNames(entry: ObserverEntry): string[] {
  if (typeof entry === 'string') return [entry];
  const name = entry.name ?? ('use' in entry ? entry.use : basename(entry.module).split('.')[0]!);
  const { count } = entry;
  return count === undefined
    ? [name]
    : Array.from({ length: count }, (_, at) => `${name}-${at + 1}`);
}
