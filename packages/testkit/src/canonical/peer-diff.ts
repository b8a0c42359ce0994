import type { PeerEntry, PeerFieldPath } from '@panoptes/core/observer';
import { entryLeaves } from './entry-leaves.js';

/**
 * The fields in which two entries differ, found the plain way: one by one. Where an optional group
 * comes or goes, the group is named and, by themselves, none of its fields.
 */
export function changedPaths(old: PeerEntry, now: PeerEntry): PeerFieldPath[] {
  const changed = entryLeaves.filter((leaf) => {
    const before = leaf.value(old);
    const after = leaf.value(now);
    return before !== after && leaf.text(before) !== leaf.text(after);
  });
  return withoutGroupMembers(changed.map(({ path }) => path));
}

const groupOf = new Map(entryLeaves.map(({ path, group }) => [path, group]));

/** Leaves out fields whose whole optional group came or went: they changed with it. */
export function withoutGroupMembers(paths: readonly PeerFieldPath[]): PeerFieldPath[] {
  return paths.filter((path) => {
    const group = groupOf.get(path);
    return group === undefined || !paths.includes(group);
  });
}
