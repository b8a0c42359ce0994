import type { PanoptesError } from '../errors.js';
import { recordKind, removalReasons } from '../log/change-record.js';
import type { RemovalReason } from '../log/events.js';
import type { Run } from '../log/event-view.js';
import { RECORD_HEADER_BYTES, RecordOffset, UNIT_BYTES, kindIn } from '../log/log-layout.js';
import { type Change, UpdateChange, addChange, removeChange } from '../log/transaction.js';
import { diffEntries, writePatch } from '../peers/entry-diff.js';
import { entryMemory, maxEntryBytes } from '../peers/entry-layout.js';
import { entryLength } from '../peers/entry-reader.js';
import { nodeIdOf } from '../peers/identity-index.js';
import type { PeerTable } from '../peers/peer-table.js';
import { BatchOverlay } from './batch-overlay.js';
import { hasNewDid, hasNewKey, identityConflict } from './identity-conflict.js';
import { ReplicaError } from '../replica-errors.js';

/** A transaction that was decided elsewhere, as its records lie in a run that was checked. */
export interface ReplicatedTransaction {
  readonly kind: 'replicate';
  readonly run: Run;
  /** Where its first record begins, and where its last one ends. */
  readonly start: number;
  readonly end: number;
  /** Those that come with it, of which none is taken behind one that was refused. */
  readonly group: ReplicatedGroup;
}

/** Transactions that are taken one after another. */
export interface ReplicatedGroup {
  /** Why the first of them was refused that was. */
  failure: PanoptesError | undefined;
}

/**
 * Says what a transaction of a primary changes here, which is what it changed there: the peers must be as
 * they were there when it was committed.
 *
 * @param newUpdate - gives what an update alone is put into
 * @returns its changes, or why it cannot be what comes next
 */
export function decideReplicated(
  table: PeerTable,
  { run, start, end, group }: ReplicatedTransaction,
  newUpdate: () => UpdateChange,
): readonly Change[] | PanoptesError {
  if (group.failure !== undefined) return group.failure;
  const first = start + run.u32[start >>> 2]! * UNIT_BYTES;
  if (first === end) {
    const change = changeAt(table, run, start, newUpdate(), undefined);
    if (change instanceof ReplicaError) return change;
    return change.kind === 'update' ? change.alone : [change];
  }
  const overlay = new BatchOverlay();
  const changes: Change[] = [];
  for (let at = start; at < end; at += run.u32[at >>> 2]! * UNIT_BYTES) {
    if (overlay.name(nodeIdOf(run, at + RECORD_HEADER_BYTES)) !== undefined) {
      return diverged(run, at, 'is named twice');
    }
    const change = changeAt(table, run, at, new UpdateChange(), overlay);
    if (change instanceof ReplicaError) return change;
    overlay.apply(change);
    changes.push(change);
  }
  return changes;
}

/** The change of the record at a byte offset. */
function changeAt(
  table: PeerTable,
  run: Run,
  at: number,
  update: UpdateChange,
  overlay: BatchOverlay | undefined,
): Change | ReplicaError {
  const base = at + RECORD_HEADER_BYTES;
  const slot = table.identities.withNodeIdOf(run, base);
  switch (kindIn(run.u32[(at + RecordOffset.kind) >>> 2]!)) {
    case recordKind.added:
      if (slot !== undefined) return diverged(run, at, 'is added, and is here already');
      return added(table, run, at, overlay);
    case recordKind.updated:
      if (slot === undefined) return diverged(run, at, 'is updated, and is not here');
      return updated(table, run, at, slot, update, overlay);
    default:
      if (slot === undefined) return diverged(run, at, 'is removed, and is not here');
      return removed(table, run, at, slot);
  }
}

function added(
  table: PeerTable,
  run: Run,
  at: number,
  overlay: BatchOverlay | undefined,
): Change | ReplicaError {
  const entry = { memory: run, base: at + RECORD_HEADER_BYTES };
  const nodeId = nodeIdOf(run, entry.base);
  const hashes = table.identities.hashesOf(run, entry.base);
  const conflict = identityConflict(table, nodeId, undefined, entry, hashes, overlay);
  if (conflict !== undefined) return diverged(run, at, 'is added', conflict);
  return addChange(nodeId, entry, hashes);
}

function updated(
  table: PeerTable,
  run: Run,
  at: number,
  slot: number,
  update: UpdateChange,
  overlay: BatchOverlay | undefined,
): Change | ReplicaError {
  const base = at + RECORD_HEADER_BYTES;
  const memory = table.memoryOf(slot);
  const oldBase = table.baseOf(slot);
  const { diff } = update;
  diffEntries(memory, oldBase, run, base, diff);
  const patch = base + entryLength(run, base);
  const patchBytes = at + run.u32[at >>> 2]! * UNIT_BYTES - patch;
  const before = 'was something else before it was updated';
  if (diff.isEmpty || diff.patchBytes !== patchBytes) return diverged(run, at, before);
  writePatch(diff, memory, oldBase, expected, 0);
  if (expected.u8.compare(run.u8, patch, patch + patchBytes, 0, patchBytes) !== 0) {
    return diverged(run, at, before);
  }
  const entry = { memory: run, base };
  const nodeId = nodeIdOf(run, base);
  const sameIdentity = !hasNewKey(diff) && !hasNewDid(table, slot, entry, diff);
  if (!sameIdentity) {
    const hashes = table.identities.hashesOf(run, base);
    const conflict = identityConflict(table, nodeId, slot, entry, hashes, overlay);
    if (conflict !== undefined) return diverged(run, at, 'is updated', conflict);
  }
  return update.put(nodeId, slot, entry, sameIdentity);
}

function removed(table: PeerTable, run: Run, at: number, slot: number): Change | ReplicaError {
  const base = at + RECORD_HEADER_BYTES;
  const end = base + entryLength(run, base);
  const own = table.memoryOf(slot);
  const ownBase = table.baseOf(slot);
  const ownEnd = ownBase + entryLength(own, ownBase);
  if (own.u8.compare(run.u8, base, end, ownBase, ownEnd) !== 0) {
    return diverged(run, at, 'was something else before it was removed');
  }
  const reason = removalReasons[run.u8[at + RecordOffset.reason]!] as RemovalReason;
  return removeChange(table, slot, reason);
}

function diverged(run: Run, at: number, what: string, cause?: unknown): ReplicaError {
  const seq = run.f64[(at + RecordOffset.seq) >>> 3]!;
  const nodeId = nodeIdOf(run, at + RECORD_HEADER_BYTES);
  return new ReplicaError(
    'REPLICA_DIVERGED',
    `transaction ${seq} does not follow on the peers of this replica: peer '${nodeId}' ${what}; make the ` +
      `replica anew, from a snapshot of its primary`,
    { cause },
  );
}

/** What a record's patch must be. */
const expected = entryMemory(new ArrayBuffer(2 * maxEntryBytes));
