import type { PanoptesError } from '../errors.js';
import { EntryDiff } from '../peers/entry-diff.js';
import { type PlacedEntry, entryLength } from '../peers/entry-reader.js';
import type { IdentityHashes } from '../peers/identity-index.js';
import type { PeerTable } from '../peers/peer-table.js';
import type { StagedEntry } from '../peers/staging.js';
import type { RemovalReason } from './events.js';
import { recordUnits } from './log-memory.js';

/** A transaction that was decided and has changed nothing yet. */
export interface Transaction {
  /** None when it changes nothing. Each peer appears in one change at most. */
  readonly changes: readonly Change[];
  /** What its records take in a log, padding aside. */
  readonly units: number;
  /** Entries that were encoded to decide it, beside those that its command brought. */
  readonly encoded: readonly StagedEntry[];
}

/** The result of a command: a transaction, or why it is refused. */
export type Decision = Transaction | PanoptesError;

/** What a transaction does to one peer. */
export type Change = AddChange | UpdateChange | RemoveChange;

/** A peer to be added. */
export interface AddChange {
  readonly kind: 'add';
  readonly nodeId: string;
  readonly entry: PlacedEntry;
  /** What its identity is found by. */
  readonly hashes: IdentityHashes;
  /** Bytes of its record's payload. */
  readonly payloadBytes: number;
}

/**
 * A peer whose entry is to be replaced. An object may serve one decision after another, as most are of one
 * update alone: what its garbage would take from the processor's cache is more than deciding it.
 */
export class UpdateChange {
  readonly kind = 'update';
  nodeId = '';
  slot = 0;
  entry!: PlacedEntry;
  /** What differs from the entry in the table. */
  readonly diff = new EntryDiff();
  /** Whether key and DID stay as they are. */
  sameIdentity = true;
  /** Bytes of its record's payload. */
  payloadBytes = 0;
  #alone: readonly [UpdateChange] | undefined;

  /** The changes of a transaction that makes no other one. */
  get alone(): readonly [UpdateChange] {
    return (this.#alone ??= [this]);
  }

  /** Says which entry replaces which, once `diff` says what differs. */
  put(nodeId: string, slot: number, entry: PlacedEntry, sameIdentity: boolean): this {
    this.nodeId = nodeId;
    this.slot = slot;
    this.entry = entry;
    this.sameIdentity = sameIdentity;
    this.payloadBytes = entryLength(entry.memory, entry.base) + this.diff.patchBytes;
    return this;
  }
}

/** A peer to be removed. */
export interface RemoveChange {
  readonly kind: 'remove';
  readonly slot: number;
  readonly reason: RemovalReason;
  /** Bytes of its record's payload. */
  readonly payloadBytes: number;
}

/** A transaction of changes, in the order in which they are to be applied. */
export function transactionOf(
  changes: readonly Change[],
  encoded: readonly StagedEntry[] = noneEncoded,
): Transaction {
  let units = 0;
  for (const { payloadBytes } of changes) units += recordUnits(payloadBytes);
  return { changes, units, encoded };
}

export function addChange(nodeId: string, entry: PlacedEntry, hashes: IdentityHashes): AddChange {
  const payloadBytes = entryLength(entry.memory, entry.base);
  return { kind: 'add', nodeId, entry, hashes, payloadBytes };
}

export function removeChange(table: PeerTable, slot: number, reason: RemovalReason): RemoveChange {
  const payloadBytes = entryLength(table.memoryOf(slot), table.baseOf(slot));
  return { kind: 'remove', slot, reason, payloadBytes };
}

/** Nothing was encoded beside what the command brought. */
export const noneEncoded: readonly StagedEntry[] = [];
