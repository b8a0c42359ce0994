import { PanoptesError, RegistryFullError } from '../errors.js';
import type { PeerTable } from '../peers/peer-table.js';
import { didIndexOf, didKeyOf, keyIndexOf, keyOf } from '../peers/identity-index.js';
import type { Command, Step } from './commands.js';
import { findTarget } from './update-target.js';
import type { StagedEntry } from '../peers/staging.js';
import type { Decision, Transaction } from '../log/transaction.js';

/**
 * Which peers, keys and DIDs the transactions of a group touch. The decision on a command must not
 * depend on whether another one of its group is committed or vetoed, so a command that clashes with
 * the footprint waits for the next group.
 */
export class GroupFootprint {
  readonly #table: PeerTable;
  readonly #nodeIds = new Set<string>();
  /** Keys and DIDs that come or go. */
  readonly #keys = new Set<string>();
  readonly #dids = new Set<string>();
  #arriving = 0;

  constructor(table: PeerTable) {
    this.#table = table;
  }

  get isEmpty(): boolean {
    return this.#nodeIds.size === 0;
  }

  /** Peers that the group would add if all of it is committed. */
  get arriving(): number {
    return this.#arriving;
  }

  clear(): void {
    this.#nodeIds.clear();
    this.#keys.clear();
    this.#dids.clear();
    this.#arriving = 0;
  }

  /** Whether a command's decision depends on the outcome of the group. */
  clashes(command: Command): boolean {
    if (this.isEmpty) return false;
    // A sweep looks at all peers; a primary's transaction goes by what lies before it.
    if (command.kind === 'cleanup' || command.kind === 'replicate') return true;
    if (command.kind === 'batch') return command.steps.some((step) => this.#touches(step));
    return this.#touches(command);
  }

  /**
   * Whether a command with this decision must be the first of its group: whether peers are evicted, and
   * which, follows from all that there are. Such a command runs no code of its caller, so it can be decided
   * again.
   */
  static mustLead(decision: Decision): boolean {
    if (decision instanceof PanoptesError) return decision instanceof RegistryFullError;
    // Evictions come before all other changes.
    const first = decision.changes[0];
    return first?.kind === 'remove' && first.reason === 'evicted';
  }

  /** Adds a transaction. */
  add({ changes }: Transaction): void {
    for (const change of changes) {
      const isRemoval = change.kind === 'remove';
      this.#nodeIds.add(isRemoval ? this.#table.nodeIdAt(change.slot) : change.nodeId);
      if (change.kind === 'add') {
        this.#arriving++;
        this.#claim(change.entry);
      } else if (isRemoval || !change.sameIdentity) {
        const memory = this.#table.memoryOf(change.slot);
        this.#claim({ memory, base: this.#table.baseOf(change.slot) });
        if (!isRemoval) this.#claim(change.entry);
      }
    }
  }

  #claim({ memory, base }: Pick<StagedEntry, 'memory' | 'base'>): void {
    this.#keys.add(keyOf(memory, base));
    this.#dids.add(didKeyOf(memory, base));
  }

  #touches(step: Step): boolean {
    switch (step.kind) {
      case 'remove':
        return this.#nodeIds.has(step.nodeId);
      case 'upsert':
        return this.#touchesEntry(step.nodeId, step.entry, step.allowIdentityChange);
      case 'update': {
        const { target, otherwise } = step;
        const slot = findTarget(this.#table, target);
        if (slot !== undefined) return this.#nodeIds.has(this.#table.nodeIdAt(slot));
        if ('nodeId' in target && this.#nodeIds.has(target.nodeId)) return true;
        if ('did' in target && this.#dids.has(didIndexOf(target.did))) return true;
        const key = 'publicKey' in target ? keyIndexOf(target.publicKey) : undefined;
        if (key !== undefined && this.#keys.has(key)) return true;
        return (
          otherwise !== undefined && this.#touchesEntry(otherwise.nodeId, otherwise.entry, false)
        );
      }
    }
  }

  #touchesEntry(nodeId: string, entry: StagedEntry, mayChangeIdentity: boolean): boolean {
    if (this.#nodeIds.has(nodeId)) return true;
    if (this.#keys.size === 0) return false;
    // A known peer that keeps its key and DID, or is refused, asks for no other.
    const { memory, base } = entry;
    const isKnown = this.#table.identities.withNodeIdOf(memory, base) !== undefined;
    if (isKnown && !mayChangeIdentity) return false;
    return this.#keys.has(keyOf(memory, base)) || this.#dids.has(didKeyOf(memory, base));
  }
}
