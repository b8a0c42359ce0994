import { ObserverVetoError, type PanoptesError } from '../errors.js';
import type { Change } from '../log/transaction.js';

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
  /** Of those, transactions that a critical observer vetoed. */
  vetoed = 0;
  /** Of those, transactions that a critical observer could not vote on. */
  voteFailed = 0;
  /** Transactions committed without the vote of some critical observer. */
  proceededWithout = 0;

  countRefusal(error: PanoptesError): void {
    this.rejected++;
    if (error instanceof ObserverVetoError) this.vetoed++;
    else this.voteFailed++;
  }

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
