import type { SeenChange } from './history.js';

/** Changes for people: three at most by name. */
export function inWords(changes: readonly SeenChange[]): string {
  if (changes.length === 0) return 'nothing';
  const named = changes.slice(0, 3).map(({ kind, nodeId }) => `${kind} ${nodeId}`);
  const more = changes.length > named.length ? `, and ${changes.length - named.length} more` : '';
  return `${named.join(', ')}${more}`;
}

/** Whether changes are the same in all that is known of them but their numbers. */
export const sameChanges = (one: readonly SeenChange[], other: readonly SeenChange[]): boolean =>
  sameNames(one, other) && one.every((change, at) => sameEntries(change, other[at]!));

/** Whether changes are of the same kinds and peers, in the same order. */
export const sameNames = (one: readonly SeenChange[], other: readonly SeenChange[]): boolean =>
  one.length === other.length &&
  one.every(({ kind, nodeId }, at) => other[at]!.kind === kind && other[at]!.nodeId === nodeId);

function sameEntries(one: SeenChange, other: SeenChange): boolean {
  const old = one.kind === 'PeerAdded' || one.old.stamp === (other as typeof one).old.stamp;
  if (one.kind === 'PeerRemoved') return old && one.reason === (other as typeof one).reason;
  return old && one.now.stamp === (other as typeof one).now.stamp;
}
