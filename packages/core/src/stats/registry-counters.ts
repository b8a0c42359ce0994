import type { Change } from '../registry/transaction.js';

/** What the registry counts about itself. Everything is counted from its start. */
export class RegistryCounters {
  /** Transactions committed. */
  committed = 0;
  /** Peers added. */
  added = 0;
  /** Peers updated. */
  updated = 0;
  /** Peers removed, for whatever reason. */
  removed = 0;
  /** Of those, peers evicted at the cap. */
  evicted = 0;
  /** Of those, peers that had expired. */
  expired = 0;
  /** Commands that changed nothing. */
  unchanged = 0;
  /** Commands refused. */
  rejected = 0;

  countCommit(changes: readonly Change[]): void {
    this.committed++;
    for (const change of changes) {
      if (change.kind === 'add') this.added++;
      else if (change.kind === 'update') this.updated++;
      else {
        this.removed++;
        if (change.reason === 'evicted') this.evicted++;
        else if (change.reason === 'expired') this.expired++;
      }
    }
  }
}
