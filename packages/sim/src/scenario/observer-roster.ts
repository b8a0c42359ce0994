import { basename } from 'node:path';
import type { IsolatingHost } from '@panoptes/testkit';
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

/**
 * Those that have a thread or a process of their own, by name: a fault may destroy the one it is on.
 * What it destroys besides depends on which of the two that is.
 */
export const isolatedHosts = (entries: readonly ObserverEntry[]): Map<string, IsolatingHost> =>
  new Map(
    entries.flatMap((entry) => {
      const host = typeof entry === 'string' ? 'thread' : entry.host;
      return host === 'inline' ? [] : observerNames(entry).map((name) => [name, host] as const);
    }),
  );
