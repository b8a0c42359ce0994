import { IdentityConflictError } from '../errors.js';
import type { EntryDiff } from '../peers/entry-diff.js';
import { leafAt } from '../peers/entry-layout.js';
import type { PlacedEntry } from '../peers/entry-reader.js';
import { type IdentityHashes, didKeyOf } from '../peers/identity-index.js';
import type { PeerTable } from '../peers/peer-table.js';
import type { BatchOverlay } from './batch-overlay.js';

/**
 * Says whose key or DID an entry would take, if it is another peer's.
 *
 * @param slot - of the peer that the entry is to be of, if it is there
 * @param overlay - what goes before it in the same transaction
 */
export function identityConflict(
  table: PeerTable,
  nodeId: string,
  slot: number | undefined,
  { memory, base }: PlacedEntry,
  hashes: IdentityHashes,
  overlay: BatchOverlay | undefined,
): IdentityConflictError | undefined {
  const { identities } = table;
  const owned = [
    ['public key', identities.withKeyOf(memory, base, hashes)],
    ['DID', identities.withDidOf(memory, base, hashes)],
  ] as const;
  for (const [what, owner] of owned) {
    if (owner === undefined || owner === slot || overlay?.hasFreed(what, owner) === true) continue;
    return new IdentityConflictError(
      `the ${what} of peer '${nodeId}' belongs to peer '${table.nodeIdAt(owner)}'`,
    );
  }
  const claimed = overlay?.claimOf(memory, base);
  if (claimed === undefined) return undefined;
  return new IdentityConflictError(
    `the ${claimed} of peer '${nodeId}' is given to another peer by the same batch`,
  );
}

/** Whether the peer in a slot would get another DID by an entry that differs from its own by `diff`. */
export function hasNewDid(
  table: PeerTable,
  slot: number,
  { memory, base }: PlacedEntry,
  diff: EntryDiff,
): boolean {
  return (
    diff.hasSlot(didSlot) &&
    didKeyOf(table.memoryOf(slot), table.baseOf(slot)) !== didKeyOf(memory, base)
  );
}

/** Whether a difference is one of public keys. */
export const hasNewKey = (diff: EntryDiff): boolean => diff.hasSlot(keySlot);

const keySlot = leafAt('bytes', 'peerId.publicKey').slot;
const didSlot = leafAt('bytes', 'peerId.did').slot;
