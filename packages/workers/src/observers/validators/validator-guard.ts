import type { PeerEntry, Proposal } from '@panoptes/core/observer';
import { type Vote, accept, veto } from '../../runtime/vote.js';
import { TentativeChanges } from '../tentative-changes.js';
import type { ValidatorSettings } from './validator-options.js';
import { validatorWeight } from './validator-weight.js';

/**
 * Keeps the active set from falling below `minValidators`. It vetoes what makes the set smaller and
 * leaves less than that, never what makes a set grow that is too small. Who has accepted to leave
 * counts as gone, and who has accepted to join not yet as there, until that is committed.
 */
export class ValidatorGuard {
  readonly #set: GuardedSet;
  readonly #settings: ValidatorSettings;
  /** Those that leave when what was accepted is committed. */
  readonly #leaving = new TentativeChanges<'leaves'>();

  constructor(set: GuardedSet, settings: ValidatorSettings) {
    this.#set = set;
    this.#settings = settings;
  }

  judge({ id, changes }: Proposal): Vote {
    const leaving: string[] = [];
    let joining = 0;
    for (const { kind, nodeId, entry } of changes) {
      const stays = kind !== 'PeerRemoved' && this.#isActive(entry);
      if (this.#set.has(nodeId)) {
        if (!stays) leaving.push(nodeId);
      } else if (stays) joining++;
    }
    const { minValidators } = this.#settings;
    if (leaving.length > joining) {
      const active = this.#set.size - this.#leaving.size;
      const left = active - leaving.length + joining;
      if (left < minValidators) {
        return veto(
          `${left} active validators would be left, fewer than minValidators (${minValidators})`,
          { active, left, minValidators, leaving: leaving.slice(0, namedPeers) },
        );
      }
    }
    for (const nodeId of leaving) this.#leaving.note(id, nodeId, 'leaves');
    return accept();
  }

  committed(nodeId: string): void {
    this.#leaving.committed(nodeId);
  }

  aborted(ids: readonly number[]): void {
    this.#leaving.aborted(ids);
  }

  reset(): void {
    this.#leaving.clear();
  }

  #isActive(entry: PeerEntry): boolean {
    return validatorWeight(entry, this.#settings) !== undefined;
  }
}

/** The set that is guarded. */
export interface GuardedSet {
  readonly size: number;
  has(nodeId: string): boolean;
}

/** Peers named in a veto at most. */
const namedPeers = 8;
