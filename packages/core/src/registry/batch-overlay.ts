import { BatchError } from '../errors.js';
import { leafAt } from '../peers/entry-layout.js';
import type { EntryMemory } from '../peers/entry-layout.js';
import { didKeyOf, keyOf } from '../peers/identity-index.js';
import type { Change } from '../log/transaction.js';

/** What the earlier steps of a batch would do to identities, laid over the unchanged table. */
export class BatchOverlay {
  readonly #named = new Set<string>();
  readonly #freed = { 'public key': new Set<number>(), DID: new Set<number>() };
  readonly #claimed = { 'public key': new Set<string>(), DID: new Set<string>() };

  /** Whether an earlier step takes the part away from the peer that has it. */
  hasFreed(part: IdentityPart, slot: number): boolean {
    return this.#freed[part].has(slot);
  }

  /** The part of the identity of the entry at `base` that an earlier step gives to some peer. */
  claimOf(memory: EntryMemory, base: number): IdentityPart | undefined {
    if (this.#claimed['public key'].has(keyOf(memory, base))) return 'public key';
    return this.#claimed.DID.has(didKeyOf(memory, base)) ? 'DID' : undefined;
  }

  /** Notes that a step is about a peer, whether it changes it or not, unless an earlier one is. */
  name(nodeId: string): BatchError | undefined {
    if (this.#named.has(nodeId)) {
      return new BatchError(
        `peer '${nodeId}' is named twice; a batch has one step a peer`,
        undefined,
      );
    }
    this.#named.add(nodeId);
    return undefined;
  }

  /** Lays a change over the table. */
  apply(change: Change): void {
    if (change.kind === 'remove') {
      this.#freed['public key'].add(change.slot);
      this.#freed.DID.add(change.slot);
      return;
    }
    if (change.kind === 'update') {
      if (change.sameIdentity) return;
      if (change.diff.hasSlot(keySlot)) this.#freed['public key'].add(change.slot);
      if (change.diff.hasSlot(didSlot)) this.#freed.DID.add(change.slot);
    }
    this.#claimed['public key'].add(keyOf(change.entry.memory, change.entry.base));
    this.#claimed.DID.add(didKeyOf(change.entry.memory, change.entry.base));
  }
}

const keySlot = leafAt('bytes', 'peerId.publicKey').slot;
const didSlot = leafAt('bytes', 'peerId.did').slot;

/** What makes a peer the only one of its kind, besides its node id. */
export type IdentityPart = 'public key' | 'DID';
