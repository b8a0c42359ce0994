import type { HostFactory } from '@panoptes/core';
import { inlineHost } from './inline-host.js';
import { processHosts } from './process-host.js';
import { type RelayEntries, RelayThread } from './relay-thread.js';
import { threadHosts } from './thread-host.js';

/**
 * The hosts that an observer can run on, by the names that registrations give them; the first is the
 * default. The one place for a new host.
 */
const hosts = {
  thread: ({ entries }) => threadHosts(entries.worker),
  inline: () => inlineHost,
  process: ({ relay }) => processHosts(relay),
} satisfies Readonly<Record<string, (deps: HostDeps) => HostFactory>>;

/** Name of a host. */
export type HostName = keyof typeof hosts;

/** The names of all hosts, that of the default first. */
export const hostNames = Object.freeze(Object.keys(hosts)) as readonly [HostName, ...HostName[]];

/** The hosts of one registry. */
export class Hosts {
  readonly #relay: RelayThread;
  readonly #factories: ReadonlyMap<string, HostFactory>;

  constructor(entries: HostEntries, settings: HostSettings) {
    const relay = new RelayThread(entries, settings);
    this.#relay = relay;
    this.#factories = new Map<string, HostFactory>(
      Object.entries(hosts).map(([name, factory]) => [name, factory({ entries, relay })]),
    );
  }

  /** Makes an incarnation on the host that its registration names. */
  readonly make: HostFactory = (spec, ...rest) => this.#factories.get(spec.host)!(spec, ...rest);

  /** Resolves when nothing is left that served its observers; these are to have been ended before. */
  close(): Promise<void> {
    return this.#relay.close();
  }
}

/** What hosts know of their registry: whose log their observers follow, and how it is watched. */
export type HostSettings = ConstructorParameters<typeof RelayThread>[1];

/** With which modules threads and processes start; each is asked for when the first one does. */
export interface HostEntries extends RelayEntries {
  readonly worker: () => URL;
}

interface HostDeps {
  readonly entries: HostEntries;
  readonly relay: RelayThread;
}
