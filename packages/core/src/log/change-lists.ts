import type { PeerAdded, PeerChange, PeerRemoved, PeerUpdated } from './events.js';

/** Changes that belong together, in order and sorted by kind. */
export abstract class ChangeLists {
  abstract readonly changes: readonly PeerChange[];

  get added(): readonly PeerAdded[] {
    return this.changes.filter((change) => change.kind === 'PeerAdded');
  }

  get updated(): readonly PeerUpdated[] {
    return this.changes.filter((change) => change.kind === 'PeerUpdated');
  }

  get removed(): readonly PeerRemoved[] {
    return this.changes.filter((change) => change.kind === 'PeerRemoved');
  }
}
