import type { SeenChange } from './history.js';

/** Changes for people: three at most by name. */
export function inWords(changes: readonly SeenChange[]): string {
  if (changes.length === 0) return 'nothing';
  const named = changes.slice(0, 3).map(({ kind, nodeId }) => `${kind} ${nodeId}`);
  const more = changes.length > named.length ? `, and ${changes.length - named.length} more` : '';
  return `${named.join(', ')}${more}`;
}

/** Changes as text with all that is known of them but their numbers: equal for equal changes. */
export function exactly(changes: readonly SeenChange[]): string {
  return changes
    .map((change) => {
      const old = change.kind === 'PeerAdded' ? '' : change.old.stamp;
      const now = change.kind === 'PeerRemoved' ? change.reason : change.now.stamp;
      return `${change.kind} ${change.nodeId}\0${old} ${now}`;
    })
    .join('\n');
}

/** Whether changes are of the same kinds and peers, in the same order. */
export const sameNames = (one: readonly SeenChange[], other: readonly SeenChange[]): boolean =>
  one.length === other.length &&
  one.every(({ kind, nodeId }, at) => other[at]!.kind === kind && other[at]!.nodeId === nodeId);
