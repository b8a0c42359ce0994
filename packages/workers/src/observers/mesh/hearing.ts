import type { PeerEntry } from '@panoptes/core/observer';

/**
 * All that one peer reports about another: `hearer` hears `heard`. The links of a pair are those
 * that either of the two reports; ends of both with the same type and ordinal are one link.
 */
export interface Hearing {
  readonly hearer: MeshPeer;
  /** Node id of a peer that may not be there. */
  readonly heard: string;
  /** Stands for the two in a digest, who hears whom included. */
  readonly stamp: number;
  ends: readonly LinkEnd[];
}

/** One direction of one link. */
export interface LinkEnd {
  readonly type: string;
  /**
   * Two peers may have several links. They differ in type, and several of one type, as routers with
   * two radios each have them, by the order in which a peer lists them for the other end: 0, 1, …
   */
  readonly ordinal: number;
  /** Share of packets that arrive, 0 to 1. */
  readonly quality: number;
}

/** A peer of the mesh and what it says about whom it hears. */
export interface MeshPeer {
  readonly nodeId: string;
  /** Its number among all that are there. */
  readonly number: number;
  /** By the node id of the peer that is heard. */
  readonly hears: Map<string, Hearing>;
  /** Links to itself that it reports: no part of the topology. */
  selfLinks: number;
  /** How many peers that are there it has links with, whichever end reports them. */
  neighbours: number;
}

/** What a peer's entry says about its links. */
export interface LinkReport {
  /** By the node id of the peer that is heard. */
  readonly ends: ReadonlyMap<string, readonly LinkEnd[]>;
  readonly selfLinks: number;
}

/** Sorts the links of an entry by the peer that is heard. */
export function readReport(nodeId: string, links: PeerEntry['links']): LinkReport {
  const ends = new Map<string, LinkEnd[]>();
  let selfLinks = 0;
  for (const { nodeId: heard, quality, type } of links) {
    const known = ends.get(heard);
    if (heard === nodeId) selfLinks++;
    else if (known === undefined) ends.set(heard, [{ type, ordinal: 0, quality }]);
    else known.push({ type, ordinal: known.filter((end) => end.type === type).length, quality });
  }
  return { ends, selfLinks };
}

/** Whether two ends that different peers report are the two directions of one link. */
export const isSameLink = (a: LinkEnd, b: LinkEnd): boolean =>
  a.type === b.type && a.ordinal === b.ordinal;

/** Whether two reports about one peer say the same, in the same order. */
export const areSameEnds = (a: readonly LinkEnd[], b: readonly LinkEnd[]): boolean =>
  a.length === b.length &&
  a.every((end, at) => isSameLink(end, b[at]!) && end.quality === b[at]!.quality);

/** How many links two peers have, given what each reports about the other. */
export function countLinks(a: readonly LinkEnd[], b: readonly LinkEnd[]): number {
  let count = a.length;
  for (const end of b) if (!a.some((other) => isSameLink(end, other))) count++;
  return count;
}
