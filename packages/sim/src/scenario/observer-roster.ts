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

/** The names of those that have a thread or a process of their own: a fault may destroy the one it is on. */
export const isolatedNames = (entries: readonly ObserverEntry[]): string[] =>
  entries
    .filter((entry) => typeof entry === 'string' || entry.host !== 'inline')
    .flatMap(observerNames);
