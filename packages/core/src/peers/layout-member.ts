import { type GroupNode, type Member, peerLayout } from './entry-layout.js';

/** A field or a group of an entry, by its place among all of them, the same on every thread. */
export interface LayoutMember {
  readonly number: number;
  /** Where it is: the names of the groups around it, and its own. */
  readonly path: readonly string[];
  readonly node: Member['node'];
  /** Its own presence as a bit; 0 when it is always there. */
  readonly presence: number;
  /** The presences of the groups around it, and of itself if it is a group. */
  readonly groups: number;
}

/** All members of a peer entry, groups before what is in them. */
export const layoutMembers: readonly LayoutMember[] = membersOf(peerLayout.root);

function membersOf(root: GroupNode): LayoutMember[] {
  const all: LayoutMember[] = [];
  const walk = ({ members }: GroupNode, outer: readonly string[], outerGroups: number): void => {
    for (const { name, presence: bits, node } of members) {
      const presence = bits === undefined ? 0 : 1 << bits.shift;
      const path = [...outer, name];
      const groups = node.kind === 'group' ? outerGroups | presence : outerGroups;
      all.push({ number: all.length, path, node, presence, groups });
      if (node.kind === 'group') walk(node, path, groups);
    }
  };
  walk(root, [], 0);
  return all;
}
