import { EntryDiff, diffEntries } from './entry-diff.js';
import type { PeerEntry } from './peer-entry.js';
import { encoded } from './peer-entry.fixture.js';
import type { PeerTable } from './peer-table.js';

/** Puts an entry into a table as the registry would. */
export function putPeer(table: PeerTable, entry: PeerEntry): void {
  const { memory, base } = encoded(entry);
  const slot = table.identities.withNodeId(entry.peerId.nodeId);
  if (slot === undefined) return table.add(entry.peerId.nodeId, memory, base);
  const diff = new EntryDiff();
  diffEntries(table.memoryOf(slot), table.baseOf(slot), memory, base, diff);
  table.replace(slot, memory, base, diff);
}
