/**
 * The sum of the stamps of a set of peers: equal for equal sets, in any order and by any
 * changes they came about, and in all likelihood only for those. It follows each change at no cost.
 *
 * @param sum - without the peer; 0 of no peers
 * @param stamp - the peer's `entryStamp`
 */
export const withPeer = (sum: number, stamp: number): number => (sum + stamp) % modulus;

/** The sum when a peer has gone. */
export const withoutPeer = (sum: number, stamp: number): number =>
  (sum + modulus - stamp) % modulus;

/** A sum as `registry.digest()` gives it: 12 digits of hex. */
export const peersDigest = (sum: number): string => sum.toString(16).padStart(12, '0');

/** Sums stay below this, so that they are exact. */
const modulus = 2 ** 48;
