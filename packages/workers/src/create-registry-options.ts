import type { Chance, RegistryOptions, RegistryPorts, RegistryStore } from '@panoptes/core';
import type { Logger } from 'pino';
import type { NamedEntries } from './host/named-entry.js';

/** What `createRegistry` takes; what is left out gets its default. */
export interface CreateRegistryOptions extends RegistryOptions, RegistryPorts, NamedEntries {
  /**
   * Where observers are logged: their crashes and what they print on stderr as warnings, changes of
   * their state and the rest of what they print as information. Default: warnings and errors, as
   * text on stderr; `false`: nowhere.
   */
  readonly logger?: Logger | false;
  /**
   * Spreads restarts. It must give a number at once, and is asked for one when the registry opens.
   * Default: the machine's own chance.
   */
  readonly chance?: Chance;
  /** Where peers are kept beyond the life of this process. Default: nowhere. */
  readonly store?: RegistryStore;
}
