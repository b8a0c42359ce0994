import { dhtKeyBytes, logDistance } from '@panoptes/core/observer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundedDistance, xorDistance } from './xor-distance.js';

const idBits = 8 * dhtKeyBytes;

const identifier = fc.uint8Array({ minLength: dhtKeyBytes, maxLength: dhtKeyBytes });
const distance = (a: Uint8Array, b: Uint8Array): bigint =>
  BigInt(`0x${xorDistance(a, b).toString('hex')}`);

describe('K1 the XOR metric', () => {
  it('K1 is 0 for equal identifiers and for no others', () => {
    fc.assert(
      fc.property(identifier, identifier, (a, b) => {
        expect(distance(a, a)).toBe(0n);
        expect(distance(a, b) === 0n).toBe(Buffer.compare(a, b) === 0);
      }),
    );
  });

  it('K1 is symmetric', () => {
    fc.assert(
      fc.property(identifier, identifier, (a, b) => {
        expect(distance(a, b)).toBe(distance(b, a));
        expect(logDistance(a, b)).toBe(logDistance(b, a));
      }),
    );
  });

  it('K1 holds the triangle inequality', () => {
    fc.assert(
      fc.property(identifier, identifier, identifier, (a, b, c) => {
        expect(distance(a, c) <= distance(a, b) + distance(b, c)).toBe(true);
      }),
    );
  });

  it('K1 has log distance 0 for equal identifiers and 256 for those that differ in the first bit', () => {
    const zero = Buffer.alloc(dhtKeyBytes);
    expect(logDistance(zero, zero)).toBe(0);
    expect(logDistance(zero, Buffer.alloc(dhtKeyBytes, 0x80))).toBe(idBits);
    const last = Buffer.alloc(dhtKeyBytes);
    last[dhtKeyBytes - 1] = 1;
    expect(logDistance(zero, last)).toBe(1);
  });

  it('K1 has the length of the distance in bits as log distance', () => {
    const bits = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
    fc.assert(
      fc.property(identifier, bits, fc.nat({ max: idBits }), (a, wide, length) => {
        const difference = BigInt.asUintN(length, wide);
        const hex = (BigInt(`0x${Buffer.from(a).toString('hex')}`) ^ difference).toString(16);
        const b = Buffer.from(hex.padStart(2 * dhtKeyBytes, '0'), 'hex');
        expect(logDistance(a, b)).toBe(difference === 0n ? 0 : difference.toString(2).length);
      }),
    );
  });

  it('rounds a distance without ever changing the order', () => {
    fc.assert(
      fc.property(identifier, identifier, identifier, (target, a, b) => {
        const order = xorDistance(target, a).compare(xorDistance(target, b));
        const rounded = Math.sign(roundedDistance(target, a) - roundedDistance(target, b));
        expect([0, order]).toContain(rounded);
      }),
    );
  });
});
