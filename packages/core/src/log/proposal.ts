import type { PeerAdded, PeerChange, PeerRemoved, PeerUpdated } from './events.js';

/**
 * A transaction that is proposed to critical observers and not committed yet: all that it would do,
 * the evictions that it would cause included. Lazy views, valid until the vote has been cast;
 * `toObject(proposal)` keeps one. The `seq` of its changes is its own number: they have none yet.
 */
export interface Proposal {
  /** Its number among the proposals; `onAborted` names it if it is not committed. */
  readonly id: number;
  /** When its command was handed in, by the registry's clock, in Unix milliseconds. */
  readonly at: number;
  /** All changes, in the order in which they would be applied. */
  readonly changes: readonly PeerChange[];
  readonly added: readonly PeerAdded[];
  readonly updated: readonly PeerUpdated[];
  readonly removed: readonly PeerRemoved[];
}
