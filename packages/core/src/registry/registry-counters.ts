import { ObserverVetoError, type PanoptesError } from '../errors.js';
import type { Figures } from '../figure.js';
import type { Change } from '../log/transaction.js';
import type { registryFigures } from '../registry-figures.js';
import type { CommitDurations } from './commit-durations.js';

/** Counts the registry's own figures, which are described in `registry-figures.ts`. */
export class RegistryCounters implements Counted {
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
  readonly #durations: CommitDurations;

  constructor(durations: CommitDurations) {
    this.#durations = durations;
  }

  /** All of them as they are now. */
  figures(): RegistryFigures {
    return Object.assign({}, this as Counted, { commitMs: this.#durations.value() });
  }

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

/** The registry's own figures. */
export type RegistryFigures = Figures<typeof registryFigures>;

/** Those that are counted here. */
type Counted = Omit<RegistryFigures, 'commitMs'>;
