import { systemClock } from '../clock.js';
import { messageWithCause } from '../error-of.js';
import { maxTurnMs } from '../limits.js';
import { checkedEntryLength } from '../peers/encoded-entry-check.js';
import { type EntryMemory, entryMemory } from '../peers/entry-layout.js';
import { nodeIdOf } from '../peers/identity-index.js';
import type { PeerTable } from '../peers/peer-table.js';
import { StoreError } from '../store-error.js';
import { nextTurn } from '../turns.js';
import type { EntryBlock, OpenedStore } from './registry-store.js';

/**
 * Fills an empty table with the peers that a store has kept, some milliseconds at a time. The blocks have
 * their form (`openStore`); nothing of what is in them is believed: an entry is taken if a registry could have written it, beside the others.
 *
 * @throws {StoreError} when it gives anything else, and what it throws itself
 */
export async function restorePeers(table: PeerTable, store: OpenedStore): Promise<void> {
  await fillTable(table, store.entries(), store.kept.peers, corrupt);
}

/**
 * Fills an empty table with entries that are kept somewhere or came from somewhere.
 *
 * @param peers - how many there are
 * @param refuse - makes an error of what is wrong with them
 */
export async function fillTable(
  table: PeerTable,
  blocks: AsyncIterable<EntryBlock>,
  peers: number,
  refuse: Refusal,
): Promise<void> {
  let start = systemClock.monotonic();
  for await (const block of blocks) {
    const memory = entryMemory(block.buffer);
    let base = 0;
    for (let index = 0; index < block.size; index++) {
      base += restoreEntry(table, memory, base, refuse);
      if (index % entriesPerLook !== 0 || systemClock.monotonic() - start < maxTurnMs / 2) continue;
      await nextTurn();
      start = systemClock.monotonic();
    }
  }
  if (table.size !== peers) throw refuse(`it gave ${table.size} peers, of ${peers} that it has`);
}

/** Puts the entry at `base` into the table. Returns its length. */
function restoreEntry(
  table: PeerTable,
  memory: EntryMemory,
  base: number,
  refuse: Refusal,
): number {
  const length = lengthOf(memory, base, refuse);
  if (length === undefined) throw refuse('an entry reaches beyond its block');
  if (!table.addFree(memory, base)) {
    throw refuse(`the identity of peer '${nodeIdOf(memory, base)}' is there twice`);
  }
  return length;
}

function lengthOf(memory: EntryMemory, base: number, refuse: Refusal): number | undefined {
  try {
    return checkedEntryLength(memory, base, memory.u8.length - base);
  } catch (cause) {
    throw refuse(messageWithCause(cause), cause);
  }
}

/** Makes an error of what is wrong with the entries. */
type Refusal = (what: string, cause?: unknown) => Error;

const corrupt = (what: string, cause?: unknown): StoreError =>
  new StoreError(
    'STORE_CORRUPT',
    `what the store has kept is no state of a registry: ${what}; restore it from a backup`,
    { cause },
  );

/** Entries between two looks at the clock. */
const entriesPerLook = 64;
