import {
  entryStamp,
  type PeerChange,
  type PeerEntry,
  type RegistryEvent,
} from '@panoptes/core/observer';
import type { EntryMark, SeenChange, SeenEvent } from '../checkers/history.js';

/** What is kept of an event; nothing of it refers to the view any more. */
export function seenEvent(event: RegistryEvent): SeenEvent {
  const isBatch = event.kind === 'BatchUpdate';
  const changes = isBatch ? event.changes.map(seenChange) : [seenChange(event)];
  return { kind: 'event', seq: event.seq, isBatch, changes };
}

/** What is kept of an entry: all its fields are in the stamp. */
export const markOf = (entry: PeerEntry): EntryMark => ({
  stamp: entryStamp(entry),
  tier: entry.tier,
  discoveryMethod: entry.discoveryMethod,
  authenticated: entry.authenticated,
  quantumSecure: entry.quantumSecure,
});

function seenChange(change: PeerChange): SeenChange {
  const { seq, nodeId } = change;
  switch (change.kind) {
    case 'PeerAdded':
      return { kind: change.kind, seq, nodeId, now: markOf(change.entry) };
    case 'PeerUpdated':
      return { kind: change.kind, seq, nodeId, old: markOf(change.old), now: markOf(change.entry) };
    case 'PeerRemoved':
      return { kind: change.kind, seq, nodeId, old: markOf(change.entry), reason: change.reason };
  }
}
