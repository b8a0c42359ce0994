import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryEncoder } from './entry-encoder.js';
import { entryHeadroom, entryMemory, peerLayout } from './entry-layout.js';
import type { PeerEntry } from './peer-entry.js';
import { anyPeer, fullPeer, peerNumbered, withValueAt } from './peer-entry.fixture.js';
import { TailCache } from './tail-cache.js';

const memory = entryMemory(new ArrayBuffer(entryHeadroom + 64));

/** The bytes that an encoder makes of an entry, wherever and over whatever it writes them. */
function bytesOf(encoder: EntryEncoder, entry: unknown): Buffer {
  memory.u8.fill(0xa5);
  const length = encoder.encode(entry, memory, 64);
  return Buffer.from(memory.u8.subarray(64, 64 + length));
}

/** What an encoder that has seen nothing yet comes to: bytes, or the message of its refusal. */
const outcome = (encoder: EntryEncoder, entry: unknown): string => {
  try {
    return bytesOf(encoder, entry).toString('hex');
  } catch (error) {
    return (error as Error).message;
  }
};

// Ids that share a line of the cache, keys and DIDs that change hands, and texts too long to keep.
const anyIdentity = fc.record({
  nodeId: fc.constantFrom('a/peer-0001', 'b/peer-0001', 'é/peer-0001', 'n'.repeat(200)),
  publicKey: fc.constantFrom('aabb', 'AABB', 'ccdd', 'ef'.repeat(300)),
  did: fc.constantFrom('did:zhtp:00112233', 'did:zhtp:44556677'),
});

/** Values at every place of a tail, right ones and wrong ones. */
const tailPlaces: [path: string, ...values: unknown[]][] = [
  ['endpoints', [], [{ address: 'a', protocol: 'tcp', signalStrength: 1, latencyMs: 0 }], 'none'],
  ['endpoints[0]', null, 'x', undefined],
  ['endpoints[0].address', 'other:1', '', 7],
  ['endpoints[0].latencyMs', 1, 0, -0, -1, NaN, '1'],
  ['endpoints[0].signalStrength', 0, 2],
  ['activeProtocols', ['tcp'], [], { length: 2, 0: 'quic', 1: 'tcp' }, undefined],
  ['activeProtocols[0]', 'bluetooth', 5],
  ['nextHop', undefined, 'peer-9', null],
  ['capabilities.nodeType', undefined, 'light'],
  ['capabilities.apiEndpoint', undefined, 'https://other'],
  ['capabilities.protocols[0]', 'other'],
  ['capabilities', undefined, null],
  ['location', undefined, { latitude: 1, longitude: 2 }, null],
  ['location.region', undefined, 'elsewhere'],
  ['links', [], 'none'],
  ['links[0].type', 'ether'],
  ['links[0].quality', 0.125],
  ['peerId', undefined, 'peer-1'],
];

describe('an encoder that has seen a peer before', () => {
  it('writes the same bytes as one that has not, whatever it saw in between', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyIdentity, anyPeer), { minLength: 2, maxLength: 12 }),
        (given) => {
          const warm = new EntryEncoder(peerLayout);
          for (const [at, [peerId, other]] of given.entries()) {
            const plain = at % 2 === 0 ? peerNumbered(at, {}, peerId) : { ...fullPeer(), peerId };
            for (const entry of [plain, { ...other, peerId }, { ...plain, trafficRouted: at }]) {
              expect(
                bytesOf(warm, entry).equals(bytesOf(new EntryEncoder(peerLayout), entry)),
              ).toBe(true);
            }
          }
        },
      ),
      // Each makes some twenty encoders, and their caches are what takes long.
      { numRuns: 40 },
    );
  });

  it.each(tailPlaces)('notices every change of %s, and refuses what is wrong', (...place) => {
    const [path, ...values] = place;
    for (const value of values) {
      const warm = new EntryEncoder(peerLayout);
      bytesOf(warm, fullPeer());
      const changed = withValueAt(fullPeer(), path, value);
      const expected = outcome(new EntryEncoder(peerLayout), changed);
      expect(outcome(warm, changed)).toBe(expected);
      expect(bytesOf(warm, fullPeer())).toEqual(bytesOf(new EntryEncoder(peerLayout), fullPeer()));
    }
  });

  it('tells a text from the same text in the field beside it', () => {
    const { capabilities } = fullPeer();
    const bare = { ...capabilities, nodeType: undefined, apiEndpoint: undefined };
    const here = { ...fullPeer(), capabilities: { ...bare, nodeType: 'full' } };
    const there = { ...fullPeer(), capabilities: { ...bare, apiEndpoint: 'full' } };
    const warm = new EntryEncoder(peerLayout);
    for (const entry of [here, there, here]) {
      expect(bytesOf(warm, entry)).toEqual(bytesOf(new EntryEncoder(peerLayout), entry));
    }
  });

  it('refuses a bad number of a peer whose tail it knows', () => {
    for (const { path, field } of peerLayout.numbers) {
      const warm = new EntryEncoder(peerLayout);
      bytesOf(warm, fullPeer());
      const bad = withValueAt(fullPeer(), path, field.min - 1);
      expect(outcome(warm, bad)).toBe(outcome(new EntryEncoder(peerLayout), bad));
    }
  });

  it('keeps what it wrote, even of an entry that shows something else each time it is read', () => {
    const warm = new EntryEncoder(peerLayout);
    const fickle = (first: string): PeerEntry => {
      let reads = 0;
      const entry = { ...fullPeer() };
      Object.defineProperty(entry, 'nextHop', { get: () => (reads++ === 0 ? first : 'later') });
      return entry;
    };
    bytesOf(warm, fickle('now'));
    for (const nextHop of ['now', 'later']) {
      const entry = { ...fullPeer(), nextHop };
      expect(bytesOf(warm, entry)).toEqual(bytesOf(new EntryEncoder(peerLayout), entry));
    }
  });

  it('sees a key that was given as bytes anew each time: its owner may have changed it', () => {
    const encoder = new EntryEncoder(peerLayout);
    const publicKey = Uint8Array.of(1, 2);
    const entry = { ...fullPeer(), peerId: { ...fullPeer().peerId, publicKey } };
    const before = bytesOf(encoder, entry);
    publicKey[0] = 9;
    expect(bytesOf(encoder, entry).equals(before)).toBe(false);
  });
});

describe('the cache of tails', () => {
  const fixed = peerLayout.fixedBytes;

  it('holds what it was given for a line', () => {
    const cache = new TailCache(peerLayout);
    expect(cache.has(3)).toBe(false);
    const values = ['value'];
    memory.u8.fill(7);
    expect(cache.keep(3, values, memory, 64, 64 + fixed + 40)).toEqual([]);
    memory.u8.fill(0);
    expect(cache.has(3)).toBe(true);
    expect(cache.valuesOf(3)).toBe(values);
    expect(cache.recall(3, memory, 128)).toBe(128 + fixed + 40);
    const tail = memory.u8.subarray(128 + fixed, 128 + fixed + 48);
    expect([...tail]).toEqual([...new Array<number>(40).fill(7), ...new Array<number>(8).fill(0)]);
    const others = ['value', 'other'];
    expect(cache.keep(3, others, memory, 0, fixed + 8)).toBe(values);
    expect(cache.valuesOf(3)).toBe(others);
    expect(cache.recall(3, memory, 0)).toBe(fixed + 8);
  });

  it('gives a line to another peer once eight have come since its tail was of use', () => {
    const cache = new TailCache(peerLayout);
    const come = (values: unknown[]): unknown => cache.keep(3, values, memory, 0, fixed + 8);
    const own = ['peer-1'];
    come(own);
    const other = ['peer-2'];
    for (let round = 0; round < 3; round++) {
      for (let count = 0; count < 8; count++) expect(come(other)).toBe(other);
      expect(cache.valuesOf(3)).toBe(own);
      cache.recall(3, memory, 0);
    }
    for (let count = 0; count < 8; count++) come(other);
    expect(come(other)).toBe(own);
    expect(cache.valuesOf(3)).toBe(other);
  });

  it('keeps no tail that is too long or made of too many values, and no list that was', () => {
    for (const [count, bytes, fits] of [
      [64, 320, true],
      [64, 328, false],
      [65, 320, false],
    ] as const) {
      const cache = new TailCache(peerLayout);
      const values = new Array<unknown>(count).fill('value');
      const next = cache.keep(0, values, memory, 0, fixed + bytes);
      expect(cache.has(0)).toBe(fits);
      expect(next).toEqual(count === 64 && !fits ? values : []);
      expect(cache.reusable(values)).toEqual(count === 64 ? values : []);
    }
  });

  it('finds a line for anything, and the same one for the same node id', () => {
    const cache = new TailCache(peerLayout);
    for (const odd of [undefined, null, 5, {}, Symbol('odd')]) expect(cache.lineOf(odd)).toBe(0);
    const lines = ['peer-1', 'peer-2'].map((id) => cache.lineOf(id));
    expect(lines).toEqual(['peer-1', 'peer-2'].map((id) => cache.lineOf(id)));
    expect(new Set(lines).size).toBe(2);
  });
});
