import { isSameLink, type LinkEnd, type MeshPeer } from './hearing.js';

/** A link as seen from one of its ends. */
export interface Neighbour {
  /** The other end. */
  readonly nodeId: string;
  readonly type: string;
  /** Which of the links of one type between the two, from 0. */
  readonly ordinal: number;
  /** How well this end hears the neighbour; undefined when it does not say. */
  readonly hears: number | undefined;
  /** How well the neighbour hears this end; undefined when it does not say. */
  readonly isHeard: number | undefined;
}

/** The links between a peer and another, as seen from the first, by type and ordinal. */
export function neighboursBetween(peer: MeshPeer, other: MeshPeer): Neighbour[] {
  const own: readonly LinkEnd[] = peer.hears.get(other.nodeId)?.ends ?? [];
  const theirs: readonly LinkEnd[] = other.hears.get(peer.nodeId)?.ends ?? [];
  const unanswered = theirs.filter((end) => !own.some((mine) => isSameLink(mine, end)));
  return [...own, ...unanswered]
    .sort((a, b) => compareTexts(a.type, b.type) || a.ordinal - b.ordinal)
    .map((end) => ({
      nodeId: other.nodeId,
      type: end.type,
      ordinal: end.ordinal,
      hears: own.find((mine) => isSameLink(mine, end))?.quality,
      isHeard: theirs.find((their) => isSameLink(their, end))?.quality,
    }));
}

/** By code units, so that the order is the same everywhere. */
const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
