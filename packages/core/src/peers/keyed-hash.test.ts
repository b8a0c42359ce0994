import { expect, it } from 'vitest';
import { anyCase, KeyedHash } from './keyed-hash.js';

/** Of the first 0, 1, 2, … of the bytes 0, 1, 2, …: lib/tests/siphash_kunit.c of Linux, 32-bit build. */
const vectors = [
  0x5814c896, 0xe7e864ca, 0xbc4b0e30, 0x01539939, 0x7e059ea6, 0x88e3d89b, 0xa0080b65, 0x9d38d9d6,
  0x577999b1, 0xc839caed, 0xe4fa32cf, 0x959246ee, 0x6b28096c, 0x66dd9cd6, 0x16658a7c, 0xd0257b04,
  0x8b31d501, 0x2b1cd04b, 0x06712339, 0x522aca67, 0x911bb605, 0x90a65f0e, 0xf826ef7b, 0x62512deb,
];

/** With the two words of this key, as a draw by chance would give them. */
const hashWith = (...key: number[]): KeyedHash => new KeyedHash(() => key.shift()! / 2 ** 32);

/** A text of ASCII, as it lies in memory. */
function wordsOf(text: string): Uint32Array {
  const bytes = new Uint8Array((text.length + 3) & ~3);
  bytes.set(Buffer.from(text));
  return new Uint32Array(bytes.buffer);
}

it('is HalfSipHash-1-3, wherever the bytes lie', () => {
  const hash = hashWith(0x03020100, 0x07060504);
  for (const [length, expected] of vectors.entries()) {
    for (let start = 0; start < 8; start++) {
      // What is before and behind them does not count, and need not be there.
      const around = Uint8Array.from({ length: (start + length + 3) & ~3 }, () => 0xa5);
      for (let at = 0; at < length; at++) around[start + at] = at;
      expect(hash.of(new Uint32Array(around.buffer), start, start + length) >>> 0).toBe(expected);
    }
  }
});

it('has another key each time, unless it is told', () => {
  const words = wordsOf('did:zhtp:0123456789abcdef');
  const hashes = Array.from({ length: 8 }, () => new KeyedHash().of(words, 0, 25));
  expect(new Set(hashes).size).toBeGreaterThan(1);
});

it('is the same for texts that differ in the case of letters, where it is asked to be', () => {
  const hash = new KeyedHash();
  const of = (did: string, fold?: number): number => hash.of(wordsOf(did), 0, did.length, fold);
  const [lower, upper] = ['did:zhtp:abcdef123', 'did:zhtp:ABCdeF123'] as const;
  expect(of(lower, anyCase)).toBe(of(upper, anyCase));
  expect(of(lower)).not.toBe(of(upper));
});
