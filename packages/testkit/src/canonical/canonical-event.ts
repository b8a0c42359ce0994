import type { PeerChange, PeerEntry, RegistryEvent } from '@panoptes/core/observer';
import { entryLeaves } from './entry-leaves.js';
import { withoutGroupMembers } from './peer-diff.js';

/**
 * An event as text: equal for equal events, however they are represented in memory. Everything an
 * observer can read of the event is in it.
 */
export function canonicalEvent(event: RegistryEvent): string {
  if (event.kind !== 'BatchUpdate') return canonicalChange(event);
  return ['BatchUpdate', event.seq, ...event.changes.map(canonicalChange)].join(end);
}

/** Ends a field: no field of an entry may hold it, so that no two entries look alike. */
const end = '\0';

function canonicalChange(change: PeerChange): string {
  const head = `${change.kind} ${change.seq} ${change.nodeId}${end}`;
  const entry = canonicalEntry(change.entry);
  switch (change.kind) {
    case 'PeerAdded':
      return head + entry;
    case 'PeerUpdated': {
      const changed = withoutGroupMembers(change.changed).sort().join(' ');
      return `${head}${changed}${end}${canonicalEntry(change.old)}${entry}`;
    }
    case 'PeerRemoved':
      return `${head}${change.reason}${end}${entry}`;
  }
}

/** An entry as text, all fields in the order of the table. */
export function canonicalEntry(entry: PeerEntry): string {
  let text = '';
  for (const leaf of entryLeaves) text += `${leaf.text(leaf.value(entry))}${end}`;
  return text;
}
