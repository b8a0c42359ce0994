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
   * The hash of the bytes from `start` to `end` of the memory that `u32` views, wherever they begin.
   *
   * @param fold - bits that are set in every word before it is hashed: with `anyCase` texts that
   *   differ in the case of letters alone have one hash
   * @returns an integer of 32 bits, with a sign
   */
  of(u32: Uint32Array, start: number, end: number, fold = 0): number {
    let v0 = this.#low;
    let v1 = this.#high;
    let v2 = this.#low ^ 0x6c796765;
    let v3 = this.#high ^ 0x74656462;
    const length = end - start;
    const whole = length >>> 2;
    const rest = 8 * (length & 3);
    const shift = 8 * (start & 3);
    let at = start >>> 2;
    // One more word than there are whole ones, with the rest and the length, and three rounds to end.
    for (let left = whole + 4; left > 0; left--) {
      let word = 0;
      if (left > 4 || (left === 4 && rest > 0)) {
        word = u32[at]! >>> shift;
        // What begins within a word of memory goes on in the next one, if it is so long.
        if (shift > 0 && 4 * ++at < end) word |= u32[at]! << (32 - shift);
        else if (shift === 0) at++;
      }
      if (left === 4) word = (word & ((1 << rest) - 1)) | (length << 24);
      else if (left === 3) v2 ^= 0xff;
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
