import type { HostFactory } from '@panoptes/core';
import { inlineHost } from './inline-host.js';
import { threadHosts } from './thread-host.js';

/**
 * The hosts that an observer can run on, by the names that registrations give them; the first is the
 * default. The one place for a new host.
 */
const hosts = {
  thread: threadHosts,
  inline: () => inlineHost,
} satisfies Readonly<Record<string, (entry: () => URL) => HostFactory>>;

/** Name of a host. */
export type HostName = keyof typeof hosts;

/** The names of all hosts, that of the default first. */
export const hostNames = Object.freeze(Object.keys(hosts)) as readonly [HostName, ...HostName[]];

/**
 * Makes every incarnation on the host that its registration names.
 *
 * @param entry - gives the module with which threads start; asked when the first one does
 */
export function namedHosts(entry: () => URL): HostFactory {
  const factories = new Map<string, HostFactory>(
    Object.entries(hosts).map(([name, factory]) => [name, factory(entry)]),
  );
  return (spec, ...rest) => factories.get(spec.host)!(spec, ...rest);
}
