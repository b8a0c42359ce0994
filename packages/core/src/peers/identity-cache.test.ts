import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileEncoder } from './entry-encoder.js';
import { entryHeadroom, entryMemory, peerLayout } from './entry-layout.js';
import { IdentityCache } from './identity-cache.js';
import { fullPeer, peerNumbered } from './peer-entry.fixture.js';

const memory = entryMemory(new ArrayBuffer(entryHeadroom + 64));

/** The bytes that an encoder makes of an entry, wherever and over whatever it writes them. */
function bytesOf(encode: ReturnType<typeof compileEncoder>, entry: unknown): Buffer {
  memory.u8.fill(0xa5);
  const length = encode(entry, memory, 64);
  return Buffer.from(memory.u8.subarray(64, 64 + length));
}

// Ids that share a line of the cache, keys and DIDs that change hands, and texts too long to keep.
const anyIdentity = fc.record({
  nodeId: fc.constantFrom('a/peer-0001', 'b/peer-0001', 'é/peer-0001', 'n'.repeat(200)),
  publicKey: fc.constantFrom('aabb', 'AABB', 'ccdd', 'ef'.repeat(300)),
  did: fc.constantFrom('did:zhtp:00112233', 'did:zhtp:44556677'),
});

describe('an encoder that has seen an identity before', () => {
  it('writes the same bytes as one that has not, whatever it saw in between', () => {
    fc.assert(
      fc.property(fc.array(anyIdentity, { minLength: 2, maxLength: 12 }), (identities) => {
        const warm = compileEncoder(peerLayout);
        for (const [at, peerId] of identities.entries()) {
          const entry = at % 2 === 0 ? peerNumbered(at, {}, peerId) : { ...fullPeer(), peerId };
          expect(bytesOf(warm, entry).equals(bytesOf(compileEncoder(peerLayout), entry))).toBe(
            true,
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  it('sees a key that was given as bytes anew each time: its owner may have changed it', () => {
    const encode = compileEncoder(peerLayout);
    const publicKey = Uint8Array.of(1, 2);
    const entry = { ...fullPeer(), peerId: { ...fullPeer().peerId, publicKey } };
    const before = bytesOf(encode, entry);
    publicKey[0] = 9;
    expect(bytesOf(encode, entry).equals(before)).toBe(false);
  });
});

describe('the cache of identities', () => {
  const [nodeId, publicKey, did] = ['node-1', 'aabb', 'did:zhtp:0011'];

  it('knows exactly the three texts that it was given last for a line', () => {
    const cache = new IdentityCache();
    expect(cache.recall(nodeId, publicKey, did, memory, 0)).toBe(0);
    cache.keep(nodeId, publicKey, did, memory, 0, 21);
    expect(cache.recall(['node', '1'].join('-'), publicKey, did, memory, 0)).toBe(21);
    for (const other of [
      ['node-2', publicKey, did],
      [nodeId, 'AABB', did],
      [nodeId, publicKey, 'did:zhtp:0012'],
      [undefined, publicKey, did],
      [nodeId, Uint8Array.of(0xaa, 0xbb), did],
    ] as const) {
      expect(cache.recall(other[0], other[1], other[2], memory, 0)).toBe(0);
    }
  });

  it('keeps no identity longer than a line', () => {
    const cache = new IdentityCache();
    cache.keep(nodeId, publicKey, did, memory, 0, 233);
    expect(cache.recall(nodeId, publicKey, did, memory, 0)).toBe(0);
    cache.keep(nodeId, publicKey, did, memory, 0, 232);
    expect(cache.recall(nodeId, publicKey, did, memory, 0)).toBe(232);
  });
});
