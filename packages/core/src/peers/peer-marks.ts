import { leafAt } from './entry-layout.js';
import { tiers } from './fields.js';
import type { PeerTier } from './peer-entry.js';

/** What peers are selected by, a bit each. Every peer has `any`, and the mark of one tier. */
export const peerMarks = Object.freeze({ any: 1, dht: 2, authenticated: 4 });

/** The mark of the peers of a tier. */
export const tierMark = (tier: PeerTier): number => markOfRank(tiers.indexOf(tier));

/** The marks of a peer, by the bits of its entry. */
export function marksOf(bits: number): number {
  return (
    peerMarks.any |
    ((bits >>> dhtShift) & 1 ? peerMarks.dht : 0) |
    ((bits >>> authenticatedShift) & 1 ? peerMarks.authenticated : 0) |
    markOfRank((bits >>> tierBits.shift) & tierBits.mask)
  );
}

const markOfRank = (rank: number): number => 8 << rank;

const dhtShift = leafAt('bits', 'dhtInfo').shift;
const authenticatedShift = leafAt('bits', 'authenticated').shift;
const tierBits = leafAt('bits', 'tier');
