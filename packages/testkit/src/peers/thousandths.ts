/** A value to three digits: what is measured of a peer has no more, and more would be noise in every entry. */
export const thousandths = (value: number): number => Math.round(value * 1_000) / 1_000;
