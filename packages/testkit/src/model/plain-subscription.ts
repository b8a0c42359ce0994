import type { PeerChange, Subscription } from '@panoptes/core/observer';
import type { EntryTraits } from '../checkers/history.js';

/**
 * Whether an observer that subscribes to something is handed a change: one of a kind that is wanted, of a
 * peer in the chosen set, before it or after; leaving the set is an event as well.
 *
 * @param before - undefined of a peer that came
 * @param after - undefined of a peer that went
 */
export const isWanted = (
  wanted: Subscription,
  kind: PeerChange['kind'],
  before: EntryTraits | undefined,
  after: EntryTraits | undefined,
): boolean =>
  wanted.kinds?.includes(kind) !== false && (isChosen(wanted, before) || isChosen(wanted, after));

/**
 * Those of some changes that an observer is handed.
 *
 * @param wanted - what it subscribes to; everything unless given
 */
export function wantedChanges(
  wanted: Subscription | undefined,
  changes: readonly PeerChange[],
): readonly PeerChange[] {
  if (wanted === undefined) return changes;
  return changes.filter((change) => {
    const { kind, entry } = change;
    if (kind === 'PeerAdded') return isWanted(wanted, kind, undefined, entry);
    if (kind === 'PeerRemoved') return isWanted(wanted, kind, entry, undefined);
    return isWanted(wanted, kind, change.old, entry);
  });
}

const isChosen = (wanted: Subscription, entry: EntryTraits | undefined): boolean =>
  entry !== undefined &&
  wanted.tiers?.includes(entry.tier) !== false &&
  wanted.discoveryMethods?.includes(entry.discoveryMethod) !== false &&
  (wanted.authenticated ?? entry.authenticated) === entry.authenticated &&
  (wanted.quantumSecure ?? entry.quantumSecure) === entry.quantumSecure;
