import type { PanoptesError } from '../errors.js';
import type { EntryDiff } from '../peers/entry-diff.js';
import type { RemovalReason } from './events.js';
import type { StagedEntry } from './staging.js';

/** A peer to be added. */
export interface AddChange {
  readonly kind: 'add';
  readonly nodeId: string;
  readonly entry: StagedEntry;
}

/** A peer whose entry is to be replaced. */
export interface UpdateChange {
  readonly kind: 'update';
  readonly nodeId: string;
  readonly slot: number;
  readonly entry: StagedEntry;
  /** What differs from the entry in the table. */
  readonly diff: EntryDiff;
  /** Whether key and DID stay as they are. */
  readonly sameIdentity: boolean;
}

/** A peer to be removed. */
export interface RemoveChange {
  readonly kind: 'remove';
  readonly nodeId: string;
  readonly slot: number;
  readonly reason: RemovalReason;
}

/** What a transaction does to one peer. */
export type Change = AddChange | UpdateChange | RemoveChange;

/**
 * What a command comes to: the changes to commit, none when it changes nothing, or why it is
 * refused. Each peer appears in one change at most. Nothing has been changed yet.
 */
export type Decision = readonly Change[] | PanoptesError;
