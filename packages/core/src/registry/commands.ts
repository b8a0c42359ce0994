import type { PeerEntry } from '../peers/peer-entry.js';
import { type OwnPatch, ownPatch } from '../peers/own-patch.js';
import type { ReplicatedTransaction } from './replicated-transaction.js';
import type { StagedEntry, Staging } from '../peers/staging.js';

/** What has its turn in the queue: what a caller asks for, or what a replica's primary has committed. */
export type Command = Step | BatchSteps | CleanupSweep | ReplicatedTransaction;

/** The outcome of a command about one peer; `seq` is its transaction, or the last one when unchanged. */
export interface CommandResult<Change extends string> {
  readonly seq: number;
  readonly change: Change | 'unchanged';
}

/** The outcome of a command that may change several peers. */
export interface BatchResult {
  readonly seq: number;
  readonly change: 'committed' | 'unchanged';
  readonly added: number;
  readonly updated: number;
  /** Removed on request or because they had expired. */
  readonly removed: number;
  /** Removed to make room for the added ones. */
  readonly evicted: number;
}

/** Makes a peer's next entry of its present one; `undefined` leaves it as it is. */
export type UpdateFunction = (entry: PeerEntry) => PeerEntry | undefined;

/** How an update finds its peer. */
export type UpdateTarget =
  | { readonly nodeId: string }
  /** In hex of any case. */
  | { readonly publicKey: string }
  | { readonly did: string };

/** An encoded peer that is to be added or to replace what is known. */
export interface UpsertStep<Entry = StagedEntry> {
  readonly kind: 'upsert';
  readonly nodeId: string;
  readonly entry: Entry;
  readonly allowIdentityChange: boolean;
}

export interface RemoveStep {
  readonly kind: 'remove';
  readonly nodeId: string;
}

/** A peer's entry that is to be changed from what it is when the command's turn comes. */
export interface UpdateStep {
  readonly kind: 'update';
  readonly target: UpdateTarget;
  readonly change: OwnPatch | UpdateFunction;
  /** Added when the peer is not known. */
  readonly otherwise: { readonly nodeId: string; readonly entry: StagedEntry } | undefined;
  readonly allowIdentityChange: boolean;
}

/** Copies what a caller wants changed. */
export const readChange = (change: unknown): UpdateStep['change'] =>
  typeof change === 'function' ? (change as UpdateFunction) : ownPatch(change);

/** An update of a peer that must be known. */
export const updateStep = (target: UpdateTarget, change: UpdateStep['change']): UpdateStep => ({
  kind: 'update',
  target,
  change,
  otherwise: undefined,
  allowIdentityChange: false,
});

/** What concerns one peer; its entries are staged, or still with the caller. */
export type Step<Entry = StagedEntry> = UpsertStep<Entry> | RemoveStep | UpdateStep;

/** Several steps that commit together or not at all. */
export interface BatchSteps {
  readonly kind: 'batch';
  readonly steps: readonly Step[];
}

/** Removal of expired peers, as many as one transaction may hold. */
export interface CleanupSweep {
  readonly kind: 'cleanup';
}

/** Gives back the places of a command's entries, one by one. */
export function releaseEntries(command: Command, staging: Pick<Staging, 'release'>): void {
  switch (command.kind) {
    case 'upsert':
      staging.release(command.entry);
      break;
    case 'update':
      if (command.otherwise !== undefined) staging.release(command.otherwise.entry);
      break;
    case 'batch':
      for (const step of command.steps) releaseEntries(step, staging);
      break;
    default:
  }
}

/** The node id a step is about, when it is known before its turn. */
export function nodeIdOfStep(step: Step): string | undefined {
  if (step.kind !== 'update') return step.nodeId;
  return 'nodeId' in step.target ? step.target.nodeId : undefined;
}
