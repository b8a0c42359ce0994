import type { RunSource } from '@panoptes/core';
import type { CreateRegistryOptions } from './create-registry-options.js';
import type { CommandForward } from './forwarding-registry.js';

/**
 * What `createReplica` takes; what is left out gets its default. Options about commands (the cap of peers,
 * rate limits, durability and others) hold from its promotion on; what its primary has committed is taken as
 * it is. Its source may take as long as a store: `storeOpenTimeoutMs` for a snapshot, `storeTimeoutMs` for
 * each block of that.
 */
export interface CreateReplicaOptions extends Omit<CreateRegistryOptions, 'store'> {
  /** Where its primary's transactions come from. It is closed with the replica, or by its promotion. */
  readonly source: RunSource;
  /**
   * Takes the commands that are sent to the replica until it is promoted: it brings them to the primary, and
   * what came of them back. Each of its promises has to settle. Default: nobody does, and they are refused with
   * a `RegistryReadOnlyError`.
   */
  readonly forward?: CommandForward | undefined;
}
