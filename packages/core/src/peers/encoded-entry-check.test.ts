import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionBrokenError } from '../connection-errors.js';
import { encodedEntries } from './encoded-entry-check.js';
import { type EntryMemory, entryHeadroom, entryMemory, peerLayout } from './entry-layout.js';
import { decodeEntry } from './entry-view.js';
import { anyPeer, encoded, fullPeer, peerNumbered } from './peer-entry.fixture.js';

const never = (): number => {
  throw new Error('nothing was left out');
};

/** Whether bytes pass; if they do, they must be what the encoder makes of what they say. */
function passes({ memory, base, bytes }: { memory: EntryMemory; base: number; bytes: Buffer }) {
  try {
    encodedEntries.check(memory, base, bytes.length, () => 5);
  } catch (error) {
    expect(error).toBeInstanceOf(ConnectionBrokenError);
    return false;
  }
  expect(encoded(decodeEntry(memory, base)).bytes.equals(bytes)).toBe(true);
  return true;
}

describe('entries that another thread has encoded', () => {
  it('pass as they are when the encoder wrote them, whatever they are', () => {
    fc.assert(
      fc.property(anyPeer, (entry) => {
        const { memory, base, bytes } = encoded(entry);
        const before = Buffer.from(bytes);
        encodedEntries.check(memory, base, bytes.length, never);
        expect(bytes.equals(before)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('get the present, once for all of them, for the times that were left out', () => {
    const peerId = { nodeId: 'a', publicKey: 'aa', did: 'did:zhtp:1' };
    const { memory, base, bytes } = encoded({ peerId, dhtInfo: {}, firstSeen: 3 }, () => NaN);
    let time = 7;
    encodedEntries.check(memory, base, bytes.length, () => time++);
    const { firstSeen, lastSeen, connectionMetrics, dhtInfo } = decodeEntry(memory, base);
    expect([firstSeen, lastSeen, connectionMetrics.connectedAt, dhtInfo?.lastContact]).toEqual([
      3, 7, 7, 7,
    ]);
  });

  it('pass with other bytes only if the encoder would have written those', () => {
    const tally = { passed: 0, refused: 0 };
    const anyFlip = fc.record({
      // The header and the slots, where most of the meaning is, as often as the rest.
      at: fc.oneof(fc.nat(peerLayout.fixedBytes), fc.nat(4_000)),
      value: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 127, 128, 255)),
    });
    fc.assert(
      fc.property(
        fc.oneof(anyPeer, fc.constant(fullPeer()), fc.constant(peerNumbered(1))),
        fc.array(anyFlip, { minLength: 1, maxLength: 3 }),
        (entry, flips) => {
          const found = encoded(entry);
          for (const { at, value } of flips) found.bytes[at % found.bytes.length] = value;
          // Beyond its end there is no entry any more, whatever the length says.
          tally[passes(found) ? 'passed' : 'refused']++;
        },
      ),
      { numRuns: 3_000 },
    );
    expect(Math.min(tally.passed, tally.refused)).toBeGreaterThan(300);
  });

  it('do not pass with bytes that are anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 900 }), fc.boolean(), (any, isRight) => {
        const memory = entryMemory(new ArrayBuffer(entryHeadroom));
        memory.u8.set(any);
        const length = any.length & ~7;
        if (isRight && length >= 8) memory.u32[0] = length;
        passes({ memory, base: 0, bytes: memory.u8.subarray(0, length) });
      }),
      { numRuns: 2_000 },
    );
  });

  const slotOf = (path: string): number =>
    [...peerLayout.numbers, ...peerLayout.bytes].find((leaf) => leaf.path === path)!.slot;
  const shiftOf = (path: string): number =>
    peerLayout.bits.find((leaf) => leaf.path === path)!.shift;
  type Spoil = (memory: EntryMemory, base: number) => void;
  const number =
    (path: string, value: number): Spoil =>
    ({ f64 }, base) =>
      (f64[(base >>> 3) + slotOf(path)] = value);
  const word =
    (path: string, at: 0 | 1, by: number): Spoil =>
    ({ u32 }, base) =>
      (u32[(base >>> 2) + 2 * slotOf(path) + at]! += by);
  const byteOf =
    (path: string, value: number, at = 0): Spoil =>
    ({ u8, u32 }, base) =>
      (u8[base + u32[(base >>> 2) + 2 * slotOf(path)]! + at] = value);
  it.each<[string, Spoil]>([
    ['a length that is another', ({ u32 }, base) => (u32[base >>> 2]! += 8)],
    ['a word that there is not', ({ u32 }, b) => (u32[(b >>> 2) + 1]! |= 7 << shiftOf('tier'))],
    ['a number out of its range', number('trustScore', 1.5)],
    ['a number that is none', number('trustScore', NaN)],
    ['a number without an end', number('tokensEarned', Infinity)],
    ['a part of a number', number('hopCount', 0.5)],
    ['another zero', number('hopCount', -0)],
    ['an offset before its place', word('nextHop', 0, -1)],
    ['a length that reaches into the next', word('peerId.did', 1, 1)],
    ['a length of all there is', word('peerId.nodeId', 1, 0xffff_0000)],
    ['a NUL in a text', byteOf('peerId.nodeId', 0)],
    ['what is no UTF-8', byteOf('peerId.did', 0xff)],
    ['one item more', byteOf('endpoints', 2)],
    ['more items than there may be', byteOf('links', 255, 3)],
    ['an item that is too long', byteOf('activeProtocols', 255, 4)],
  ])('are refused with %s', (_, spoil) => {
    const found = encoded(fullPeer());
    expect(passes(found)).toBe(true);
    spoil(found.memory, found.base);
    expect(passes(found)).toBe(false);
  });
  it.each<[string, Spoil]>([
    ['a number of a group that is absent', number('location.latitude', 1)],
    ['a text that is absent', word('nextHop', 1, 4)],
    [
      'bits of a group that is absent',
      ({ u32 }, b) => (u32[(b >>> 2) + 1]! |= 1 << shiftOf('location.region')),
    ],
    ['bytes behind its end', ({ u8, u32 }, b) => (u8[b + u32[b >>> 2]! - 1] = 1)],
  ])('are refused with %s', (_, spoil) => {
    const found = encoded(peerNumbered(1, {}, { did: 'did:zhtp:123' }));
    expect(passes(found)).toBe(true);
    spoil(found.memory, found.base);
    expect(passes(found)).toBe(false);
  });
});
