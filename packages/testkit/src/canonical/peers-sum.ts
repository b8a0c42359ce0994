/**
 * The sum of the stamps of a set of peers: equal for equal sets, in any order and by any
 * changes they came about, and in all likelihood only for those. It follows each change at no cost.
 */
export const withPeer = (sum: number, stamp: number): number => (sum + stamp) % modulus;

/** Sums stay below this, so that they are exact. */
const modulus = 2 ** 48;

/** The sum when a peer has gone. */
export const withoutPeer = (sum: number, stamp: number): number =>
  (sum + modulus - stamp) % modulus;
