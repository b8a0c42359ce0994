import { types } from 'node:util';
import { isA } from '../error-of.js';
import { PeerUpdateError, PeerValidationError } from '../errors.js';
import { type NumberPatch, fitsEntry } from '../peers/number-patch.js';
import type { PeerEntry } from '../peers/peer-entry.js';
import { patchEntry } from '../peers/peer-patch.js';
import type { PeerTable } from '../peers/peer-table.js';
import type { StagedEntry } from '../peers/staging.js';
import type { PlacedEntry } from '../peers/entry-reader.js';
import type { UpdateFunction, UpdateStep } from './commands.js';

/**
 * Encodes what an update makes of a peer's entry.
 *
 * @param numbers - what it writes over the entry, if that is all
 * @returns nothing when it leaves the entry as it is; or why it is refused
 */
export function updatedEntry(
  { table, stage, stageWhole, stagePatched }: UpdateContext,
  { nodeId, slot, placed }: KnownPeer,
  change: UpdateStep['change'],
  numbers: NumberPatch | undefined,
): StagedEntry | PeerValidationError | PeerUpdateError | undefined {
  try {
    if (numbers !== undefined) return stagePatched(numbers, placed, nodeId);
    const entry = table.entryAt(slot);
    if (typeof change !== 'function') return stage(patchEntry(entry, change.fields), placed);
    const next = nextEntry(entry, change);
    return next === undefined ? undefined : stageWhole(next, placed);
  } catch (cause) {
    return updateFailure(nodeId, cause);
  }
}

/** What is known when an update's turn comes, and a place to encode new entries. */
export interface UpdateContext {
  readonly table: PeerTable;
  /** Unix milliseconds. */
  readonly now: number;
  /** Encodes what a peer's entry, which is given too, is to become, filled in with defaults. */
  readonly stage: (entry: unknown, known: PlacedEntry) => StagedEntry;
  /** The same, for one that must be whole. */
  readonly stageWhole: (entry: unknown, known: PlacedEntry) => StagedEntry;
  /** Copies a peer's entry with numbers that it is to have. */
  readonly stagePatched: (patch: NumberPatch, known: PlacedEntry, nodeId: string) => StagedEntry;
}

/** A peer whose entry is to be updated. */
export interface KnownPeer {
  readonly nodeId: string;
  readonly slot: number;
  /** Where its entry lies. */
  readonly placed: PlacedEntry;
}

/** What a change writes over an entry, if that is all that it does. */
export function numbersOver(
  change: UpdateStep['change'],
  { memory, base }: PlacedEntry,
): NumberPatch | undefined {
  const numbers = typeof change === 'function' ? undefined : change.numbers;
  return numbers !== undefined && fitsEntry(numbers, memory, base) ? numbers : undefined;
}

/**
 * The entry a caller's function wants, undefined for no change. It may return anything, so
 * nothing may be asked of it but what encoding it asks.
 *
 * @throws {PeerValidationError} when it is none; and whatever the caller's function throws
 */
function nextEntry(entry: PeerEntry, change: UpdateFunction): PeerEntry | undefined {
  const next = change(entry);
  if (types.isPromise(next)) {
    // Its result is not needed any more; unhandled, its rejection would end the process.
    void Promise.prototype.then.call(next, undefined, () => undefined);
    throw new PeerValidationError('peer', 'an entry, from a function that is not async', next);
  }
  return next;
}

/** The error of a caller's function, or of what it returned when that was read. */
function updateFailure(nodeId: string, cause: unknown): PeerValidationError | PeerUpdateError {
  if (isA(cause, PeerValidationError)) return cause;
  return new PeerUpdateError(
    `the function that updates peer '${nodeId}' threw; nothing was changed`,
    { cause },
  );
}
