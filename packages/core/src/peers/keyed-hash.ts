import { type Chance, systemChance } from '../clock.js';

/**
 * A hash of bytes for tables: HalfSipHash-1-3, as the Linux kernel has it for its tables (after
 * Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012), of 32 bits. Who does not know the
 * key, which is drawn by chance, cannot choose texts that fall together.
 */
export class KeyedHash {
  readonly #low: number;
  readonly #high: number;

  constructor(chance: Chance = systemChance) {
    this.#low = (chance() * 2 ** 32) | 0;
    this.#high = (chance() * 2 ** 32) | 0;
  }

  /**
   * @param fold - bits that are set in every word before it is hashed: with `anyCase` texts that
   *   differ in the case of letters alone have one hash
   * @returns an integer of 32 bits, with a sign
   */
  of(u8: Uint8Array, start: number, end: number, fold = 0): number {
    let v0 = this.#low;
    let v1 = this.#high;
    let v2 = this.#low ^ 0x6c796765;
    let v3 = this.#high ^ 0x74656462;
    const whole = start + ((end - start) & ~3);
    // One more word than there are whole ones, with the rest and the length, and three rounds to end.
    for (let at = start, last = 0; last < 4;) {
      let word: number;
      if (at < whole) {
        word = u8[at]! | (u8[at + 1]! << 8) | (u8[at + 2]! << 16) | (u8[at + 3]! << 24);
        at += 4;
      } else if (last++ === 0) {
        word = (end - start) << 24;
        for (let rest = whole; rest < end; rest++) word |= u8[rest]! << (8 * (rest - whole));
      } else {
        word = 0;
        if (last === 2) v2 ^= 0xff;
      }
      word |= fold;
      v3 ^= word;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
    }
    return v1 ^ v3;
  }
}

/** The bit by which an ASCII letter differs from its other case, in each byte of a word. */
export const anyCase = 0x20202020;
