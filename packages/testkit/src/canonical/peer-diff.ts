import type { PeerEntry, PeerFieldPath } from '@panoptes/core/observer';
import { type EntryLeaf, entryLeaves } from './entry-leaves.js';

/**
 * The fields in which two entries differ, found the plain way: one by one. Where an optional group
 * comes or goes, the group is named, and those of its fields that are not 0.
 */
export function changedPaths(old: PeerEntry, now: PeerEntry): readonly PeerFieldPath[] {
  const changed: PeerFieldPath[] = [];
  for (const field of changedFields(old, now)) {
    for (const leaf of leavesOf.get(field)!) {
      const before = leaf.value(old);
      const after = leaf.value(now);
      if (before !== after && differs(leaf, before, after)) changed.push(leaf.path);
    }
  }
  return changed;
}

function differs(leaf: EntryLeaf, before: unknown, after: unknown): boolean {
  if (before !== undefined && after !== undefined) return leaf.text(before) !== leaf.text(after);
  // In a group that is absent every number counts as 0.
  return leaf.group === undefined || (before ?? after) !== 0;
}

/** The leaves in each field of an entry, in the order of the table of fields. */
const leavesOf = new Map<keyof PeerEntry, EntryLeaf[]>();
for (const leaf of entryLeaves) {
  const field = leaf.path.split('.')[0] as keyof PeerEntry;
  const leaves = leavesOf.get(field);
  if (leaves === undefined) leavesOf.set(field, [leaf]);
  else leaves.push(leaf);
}

/** The fields that are not the same object or value in both: in others no leaf is looked at. */
// eslint-disable-next-line @typescript-eslint/no-implied-eval -- the source is made of the table of fields alone
const changedFields = new Function(
  'old',
  'now',
  `const found = [];
  ${[...leavesOf.keys()].map((name) => `if (old.${name} !== now.${name}) found.push('${name}');`).join('\n')}
  return found;`,
) as (old: PeerEntry, now: PeerEntry) => (keyof PeerEntry)[];

const groupOf = new Map(entryLeaves.map(({ path, group }) => [path, group]));
const groups = new Set(groupOf.values());

/** Leaves out fields whose whole optional group came or went: they changed with it. */
export function withoutGroupMembers(paths: readonly PeerFieldPath[]): readonly PeerFieldPath[] {
  if (!paths.some((path) => groups.has(path))) return paths;
  return paths.filter((path) => {
    const group = groupOf.get(path);
    return group === undefined || !paths.includes(group);
  });
}
