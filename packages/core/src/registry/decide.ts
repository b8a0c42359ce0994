import { IdentityConflictError, PanoptesError, RegistryFullError } from '../errors.js';
import { maxTransactionUnits, recordUnits } from '../log/log-memory.js';
import { checkDid } from '../peers/did.js';
import { diffEntries, diffNumbers } from '../peers/entry-diff.js';
import { leafAt } from '../peers/entry-layout.js';
import { didOf } from '../peers/identity-index.js';
import { decideReplicated } from './replicated-transaction.js';
import { BatchOverlay } from './batch-overlay.js';
import { refusedBatch } from './batch-steps.js';
import {
  type BatchSteps,
  type Command,
  type Step,
  type UpdateStep,
  nodeIdOfStep,
} from './commands.js';
import { hasNewDid, hasNewKey, identityConflict } from './identity-conflict.js';
import type { StagedEntry } from '../peers/staging.js';
import { findTarget, notFound } from './update-target.js';
import { type UpdateContext, numbersOver, updatedEntry } from './updated-entry.js';
import {
  type AddChange,
  type Change,
  type RemoveChange,
  UpdateChange,
  addChange,
  removeChange,
} from '../log/transaction.js';

/**
 * Decides what a command changes. A function of the table, the rules, the command and the time at
 * which that was handed in: it changes nothing itself, so a decision can be dropped.
 */
export function decide(context: DecisionContext, command: Command): DecidedChanges {
  switch (command.kind) {
    case 'batch':
      return decideBatch(context, command);
    case 'cleanup':
      return decideCleanup(context);
    case 'replicate':
      return decideReplicated(context.table, command, context.newUpdate);
    default: {
      const change = decideStep(context, command);
      if (change === undefined) return nothing;
      if (change instanceof PanoptesError) return change;
      if (change.kind === 'update') return change.alone;
      return change.kind === 'add' ? withEvictions(context, [change], []) : [change];
    }
  }
}

/** What a registry admits. */
export interface Rules {
  readonly maxPeers: number;
  readonly peerTtlMs: number;
  readonly maxBatchChanges: number;
  /** Size of the log, in bytes: it limits what a transaction may take. */
  readonly logBytes: number;
  readonly didMethods: readonly string[];
}

/** What a decision depends on: the table as it is, the time, and a place to encode new entries. */
export interface DecisionContext extends UpdateContext {
  readonly rules: Rules;
  /** Peers that transactions decided before this one may add, and that are not in the table yet. */
  readonly arriving: number;
  /** What the update of a command that is no batch is put into. */
  readonly newUpdate: () => UpdateChange;
}

const nodeIdSlot = leafAt('bytes', 'peerId.nodeId').slot;

const nothing: readonly Change[] = [];

/** The changes that a command makes, none when it changes nothing, or why it is refused. */
export type DecidedChanges = readonly Change[] | PanoptesError;

type StepDecision = Change | PanoptesError | undefined;

function decideStep(context: DecisionContext, step: Step, overlay?: BatchOverlay): StepDecision {
  switch (step.kind) {
    case 'upsert': {
      const { memory, base } = step.entry;
      const slot = context.table.identities.withNodeIdOf(memory, base);
      return slot === undefined
        ? decideAdd(context, step.nodeId, step.entry, overlay)
        : decideReplace(context, step, slot, overlay);
    }
    case 'remove': {
      const slot = context.table.identities.withNodeId(step.nodeId);
      if (slot === undefined) return undefined;
      return removeChange(context.table, slot, 'requested');
    }
    case 'update':
      return decideUpdate(context, step, overlay);
  }
}

function decideAdd(
  { table, rules }: DecisionContext,
  nodeId: string,
  entry: StagedEntry,
  overlay: BatchOverlay | undefined,
): AddChange | PanoptesError {
  const hashes = table.identities.hashesOf(entry.memory, entry.base);
  const wrong =
    checkDid(didOf(entry.memory, entry.base), rules.didMethods) ??
    identityConflict(table, nodeId, undefined, entry, hashes, overlay);
  return wrong ?? addChange(nodeId, entry, hashes);
}

function decideReplace(
  context: DecisionContext,
  step: { nodeId: string; entry: StagedEntry; allowIdentityChange: boolean },
  slot: number,
  overlay: BatchOverlay | undefined,
): UpdateChange | PanoptesError | undefined {
  const { table, rules } = context;
  const { nodeId, entry } = step;
  const change = overlay === undefined ? context.newUpdate() : new UpdateChange();
  const { diff } = change;
  diffEntries(table.memoryOf(slot), table.baseOf(slot), entry.memory, entry.base, diff);
  if (diff.isEmpty) return undefined;
  if (diff.hasSlot(nodeIdSlot)) return otherNodeId(nodeId, entry.nodeId);
  const newDid = hasNewDid(table, slot, entry, diff);
  const sameIdentity = !newDid && !hasNewKey(diff);
  if (!sameIdentity) {
    if (!step.allowIdentityChange) {
      return new IdentityConflictError(
        `peer '${nodeId}' is known with another ${newDid ? 'DID' : 'public key'}; ` +
          `set allowIdentityChange to replace it`,
      );
    }
    const wrong =
      (newDid ? checkDid(didOf(entry.memory, entry.base), rules.didMethods) : undefined) ??
      identityConflict(
        table,
        nodeId,
        slot,
        entry,
        table.identities.hashesOf(entry.memory, entry.base),
        overlay,
      );
    if (wrong !== undefined) return wrong;
  }
  return change.put(nodeId, slot, entry, sameIdentity);
}

function decideUpdate(
  context: DecisionContext,
  step: UpdateStep,
  overlay: BatchOverlay | undefined,
): StepDecision {
  const { table } = context;
  const slot = findTarget(table, step.target);
  if (slot === undefined) {
    if (step.otherwise === undefined) return notFound(step.target);
    return decideStep(
      context,
      { kind: 'upsert', ...step.otherwise, allowIdentityChange: false },
      overlay,
    );
  }
  const nodeId = nodeIdOfStep(step) ?? table.nodeIdAt(slot);
  const { change, allowIdentityChange } = step;
  const placed = { memory: table.memoryOf(slot), base: table.baseOf(slot) };
  const numbers = numbersOver(change, placed);
  const entry = updatedEntry(context, { nodeId, slot, placed }, change, numbers);
  if (entry === undefined || entry instanceof PanoptesError) return entry;
  if (numbers !== undefined) return decidePatched(context, nodeId, slot, entry, overlay);
  return decideReplace(context, { nodeId, entry, allowIdentityChange }, slot, overlay);
}

/** An update that leaves all texts, keys and lists, and so the identity, as they are. */
function decidePatched(
  { table, newUpdate }: DecisionContext,
  nodeId: string,
  slot: number,
  entry: StagedEntry,
  overlay: BatchOverlay | undefined,
): UpdateChange | undefined {
  const change = overlay === undefined ? newUpdate() : new UpdateChange();
  const { diff } = change;
  diffNumbers(table.memoryOf(slot), table.baseOf(slot), entry.memory, entry.base, diff);
  return diff.isEmpty ? undefined : change.put(nodeId, slot, entry, true);
}

/** An entry that is not the one of the peer it is for: the node id is the primary key. */
function otherNodeId(nodeId: string, given: string): IdentityConflictError {
  return new IdentityConflictError(
    `the entry for peer '${nodeId}' has the node id '${given}', its primary key; ` +
      `remove the peer and add the other one instead`,
  );
}

/**
 * Adds the evictions that the added peers need to a transaction, before its other changes; the peers
 * that the steps of a batch name are not evicted.
 */
function withEvictions(
  context: DecisionContext,
  changes: readonly Change[],
  steps: readonly Step[],
): DecidedChanges {
  const { table, rules } = context;
  let size = table.size + context.arriving;
  for (const { kind } of changes) size += kind === 'add' ? 1 : kind === 'remove' ? -1 : 0;
  let excess = size - rules.maxPeers;
  if (excess <= 0) return changes;
  const named = new Set(steps.map((step) => table.identities.withNodeId(nodeIdOfStep(step)!)));
  const evicted: RemoveChange[] = [];
  for (const slot of table.evictionOrder(context.now - rules.peerTtlMs)) {
    if (named.has(slot)) continue;
    evicted.push(removeChange(table, slot, 'evicted'));
    if (--excess === 0) return [...evicted, ...changes];
  }
  return new RegistryFullError(
    `${size} peers would be more than maxPeers (${rules.maxPeers}), and a batch evicts no peer ` +
      `that it names; use smaller batches or raise maxPeers`,
  );
}

function decideBatch(context: DecisionContext, { steps }: BatchSteps): DecidedChanges {
  const overlay = new BatchOverlay();
  const changes: Change[] = [];
  for (const [position, step] of steps.entries()) {
    const nodeId = nodeIdOfStep(step)!;
    const change = overlay.name(nodeId) ?? decideStep(context, step, overlay);
    if (change instanceof PanoptesError) {
      return refusedBatch(position, change);
    }
    if (change === undefined) continue;
    overlay.apply(change);
    changes.push(change);
  }
  return withEvictions(context, changes, steps);
}

/** As many expired peers as one transaction takes. */
function decideCleanup({ table, rules, now }: DecisionContext): RemoveChange[] {
  const mostUnits = maxTransactionUnits(rules.logBytes);
  const changes: RemoveChange[] = [];
  let units = 0;
  for (const slot of table.expired(now - rules.peerTtlMs)) {
    const change = removeChange(table, slot, 'expired');
    units += recordUnits(change.payloadBytes);
    if (changes.length === rules.maxBatchChanges || units > mostUnits) break;
    changes.push(change);
  }
  return changes;
}
