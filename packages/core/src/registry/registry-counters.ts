import { ObserverVetoError, type PanoptesError } from '../errors.js';
import type { Figures, registryFigures } from '../figures.js';
import type { Change } from '../log/transaction.js';

/** Counts the registry's own figures, which are described in `figures.ts`. */
export class RegistryCounters implements Figures<typeof registryFigures> {
  committed = 0;
  added = 0;
  updated = 0;
  removed = 0;
  evicted = 0;
  expired = 0;
  unchanged = 0;
  rejected = 0;
  vetoed = 0;
  voteFailed = 0;
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
