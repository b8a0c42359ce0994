import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareDistance,
  dhtKey,
  dhtKeyBytes,
  logDistance,
  placeWords,
  putPlace,
} from './dht-key.js';

const anyKey = fc.uint8Array({ minLength: dhtKeyBytes, maxLength: dhtKeyBytes });
/** Pairs that differ late, as neighbours do. */
const anyNeighbours = fc.tuple(anyKey, fc.nat(255)).map(([key, bit]) => {
  const other = key.slice();
  other[bit >> 3]! ^= 128 >> (bit & 7);
  return [key, other, bit] as const;
});

const numberOf = (key: Uint8Array): bigint => BigInt(`0x${Buffer.from(key).toString('hex')}`);
const distance = (a: Uint8Array, b: Uint8Array): bigint => numberOf(a) ^ numberOf(b);
const bitLength = (n: bigint): number => (n === 0n ? 0 : n.toString(2).length);

describe('the XOR metric', () => {
  it('K1 identity: a key is at distance 0 from itself alone', () => {
    fc.assert(
      fc.property(anyKey, anyKey, (a, b) => {
        expect(logDistance(a, a)).toBe(0);
        expect(logDistance(a, b) === 0).toBe(distance(a, b) === 0n);
        expect(Math.sign(compareDistance(a, a, b))).toBe(distance(a, b) === 0n ? 0 : -1);
      }),
    );
  });

  it('K1 symmetry: the distance is the same from both ends', () => {
    fc.assert(
      fc.property(anyKey, anyKey, (a, b) => {
        expect(logDistance(a, b)).toBe(logDistance(b, a));
      }),
    );
  });

  it('K1 triangle: the way over a third key is never shorter', () => {
    fc.assert(
      fc.property(anyKey, anyKey, anyKey, (a, b, c) => {
        // XOR is at most the sum, so its highest bit is at most that of the larger.
        expect(logDistance(a, c)).toBeLessThanOrEqual(
          Math.max(logDistance(a, b), logDistance(b, c)),
        );
      }),
    );
  });

  it('K1 log distance: 0 for equal ids, 256 for ids that differ in the first bit', () => {
    fc.assert(
      fc.property(anyNeighbours, ([a, b, bit]) => {
        expect(logDistance(a, b)).toBe(256 - bit);
      }),
    );
    fc.assert(
      fc.property(anyKey, anyKey, (a, b) => {
        expect(logDistance(a, b)).toBe(bitLength(distance(a, b)));
      }),
    );
  });

  it('K1 comparing distances agrees with comparing them as numbers', () => {
    fc.assert(
      fc.property(anyKey, anyKey, anyNeighbours, (target, a, [b, c]) => {
        for (const [x, y] of [
          [a, b],
          [b, c],
          [c, b],
          [a, a],
        ] as const) {
          const [dx, dy] = [distance(target, x), distance(target, y)];
          expect(Math.sign(compareDistance(target, x, y))).toBe(dx < dy ? -1 : dx > dy ? 1 : 0);
        }
      }),
    );
  });
});

describe('the DHT key of a node id', () => {
  it('is the 32 bytes that it spells in hex, in any case, or else the SHA-256 of its text', () => {
    const hex = 'Ab'.repeat(32);
    expect(Buffer.from(dhtKey(hex)).toString('hex')).toBe(hex.toLowerCase());
    for (const id of ['peer-1', 'Ab'.repeat(31), `${'Ab'.repeat(31)}zz`, `${hex}\n`, 'ä']) {
      expect([...dhtKey(id)]).toEqual([...createHash('sha256').update(id).digest()]);
    }
  });
});

describe('the place of a node id', () => {
  const placeOf = (id: string): Buffer => {
    const words = new Uint32Array(placeWords + 1).fill(7);
    putPlace(id, words, 1);
    expect(words[0]).toBe(7);
    const place = Buffer.alloc(4 * placeWords);
    for (let word = 0; word < placeWords; word++) place.writeUInt32BE(words[1 + word]!, 4 * word);
    return place;
  };

  it('begins with its DHT key, and has what tells it from others with the same one behind it', () => {
    const hex = 'aB'.repeat(31);
    const odd = ['zz', 'g0', '0G', '\0a', 'é0', '\u0130a', '@A', '`f', ' f', '0x', '/:'];
    const ids = [...odd.map((end) => hex + end), `${hex}0`, `${hex}000`, 'a', '', `${hex}09`];
    fc.assert(
      fc.property(
        fc.oneof(
          fc.constantFrom(...ids),
          fc.string(),
          anyKey.map(numberOf).map((key) => key.toString(16).padStart(64, '0')),
        ),
        (id) => {
          expect(placeOf(id).subarray(0, dhtKeyBytes)).toEqual(Buffer.from(dhtKey(id)));
        },
      ),
    );
    expect(placeOf(`${hex}09`).subarray(dhtKeyBytes)).toEqual(
      Buffer.from('55'.repeat(7) + '54', 'hex'),
    );
    expect(placeOf('a').subarray(dhtKeyBytes)).toEqual(Buffer.alloc(8, 255));
  });
});
