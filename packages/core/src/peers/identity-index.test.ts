import fc from 'fast-check';
import { expect, it } from 'vitest';
import { peerEncoder } from './entry-encoder.js';
import { entryHeadroom, type EntryMemory, entryMemory } from './entry-layout.js';
import { IdentityIndex } from './identity-index.js';
import { KeyedHash } from './keyed-hash.js';
import { peerNumbered } from './peer-entry.fixture.js';

/** A long key is one that a table of texts would have to hash itself. */
const keyOf = (identity: number): string =>
  identity % 3 === 0 ? `${identity}`.padStart(5_184, 'ab') : `${identity}`.padStart(64, 'c');
const didOf = (identity: number, isUpper: boolean): string => {
  const hex = `abcdef${identity}`.padStart(32, 'd');
  return `did:zhtp:${isUpper ? hex.toUpperCase() : hex}`;
};

/** Entries by slot, and an index of them. */
class IndexedEntries {
  readonly #memories: EntryMemory[] = [];
  readonly #generations = new Map<number, number>();
  readonly index: IdentityIndex;

  constructor(hash: Pick<KeyedHash, 'of'>) {
    this.index = new IdentityIndex(
      {
        memoryOf: (slot) => this.#memories[slot]!,
        baseOf: () => 0,
        generationOf: (slot) => this.#generations.get(slot) ?? 0,
      },
      hash,
    );
  }

  put(slot: number, identity: number, isUpper: boolean): void {
    const memory = entryMemory(new ArrayBuffer(entryHeadroom));
    const { peerId, ...rest } = peerNumbered(slot);
    const own = { ...peerId, publicKey: keyOf(identity), did: didOf(identity, isUpper) };
    peerEncoder.encode({ ...rest, peerId: own }, memory, 0);
    this.index.add(this.index.hashesOf(memory, 0), slot);
    this.#memories[slot] = memory;
  }

  remove(slot: number): void {
    this.index.remove(this.index.hashesOf(this.#memories[slot]!, 0), slot);
    this.#generations.set(slot, (this.#generations.get(slot) ?? 0) + 1);
  }
}

const anyStep = fc.record({ slot: fc.nat(40), identity: fc.nat(60), isUpper: fc.boolean() });
/** One hash of everything, so that all fall together; few; and as it is. */
const anyHash = fc.constantFrom<Pick<KeyedHash, 'of'>>(
  { of: () => 7 },
  { of: (_bytes, start, end) => end - start },
  new KeyedHash(),
);

it('finds whose a node id, a key or a DID is, also where hashes fall together', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 80 }), anyHash, (steps, hash) => {
      const entries = new IndexedEntries(hash);
      const owners = new Map<number, number>();
      const held = new Map<number, number>();
      for (const { slot, identity, isUpper } of steps) {
        const old = held.get(slot);
        if (old !== undefined) {
          entries.remove(slot);
          owners.delete(old);
          held.delete(slot);
        }
        if (owners.has(identity)) continue;
        entries.put(slot, identity, isUpper);
        owners.set(identity, slot);
        held.set(slot, identity);
      }
      const { index } = entries;
      expect(index.size).toBe(held.size);
      for (let slot = 0; slot <= 40; slot++) {
        expect(index.withNodeId(`peer-${slot}`)).toBe(held.has(slot) ? slot : undefined);
      }
      for (let identity = 0; identity <= 60; identity++) {
        const owner = owners.get(identity);
        expect(index.withKey(keyOf(identity).toUpperCase())).toBe(owner);
        expect(index.withDid(didOf(identity, true))).toBe(owner);
        expect(index.withDid(didOf(identity, false))).toBe(owner);
        expect(index.withDid(didOf(identity, false).toUpperCase())).toBeUndefined();
      }
    }),
    { numRuns: 100 },
  );
});

it('finds a node id of any text and length, and none by another text', () => {
  const nodeIds = [
    'a',
    'abcd',
    'abcde',
    'ä',
    'peer\ufffd',
    '節點',
    'x'.repeat(256),
    'ä'.repeat(128),
  ];
  const memories = nodeIds.map((nodeId) => {
    const memory = entryMemory(new ArrayBuffer(entryHeadroom));
    peerEncoder.encode(peerNumbered(0, {}, { nodeId }), memory, 0);
    return memory;
  });
  // They all fall together, so each is told from all others by its text.
  const index = new IdentityIndex(
    { memoryOf: (slot) => memories[slot]!, baseOf: () => 0, generationOf: () => 0 },
    { of: () => 7 },
  );
  for (const [slot, memory] of memories.entries()) index.add(index.hashesOf(memory, 0), slot);
  for (const [slot, nodeId] of nodeIds.entries()) {
    expect(index.withNodeId(nodeId)).toBe(slot);
    expect(index.withNodeIdOf(memories[slot]!, 0)).toBe(slot);
  }
  // A half of a pair would be written as U+FFFD.
  const none = ['', 'b', 'abc', 'abcdf', 'peer\ud800', 'peer', 'x'.repeat(257), 'x'.repeat(5_000)];
  for (const nodeId of none) expect(index.withNodeId(nodeId)).toBeUndefined();
  expect(index.withDid('x'.repeat(5_000))).toBeUndefined();
  expect(index.withKey('ab'.repeat(5_000))).toBeUndefined();
});
