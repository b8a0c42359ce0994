import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dhtKey, placeWords, putPlace } from './dht-key.js';
import { KeyTrie } from './key-trie.js';

/*
 * The model is a list that is sorted for each question, by a number that is worked out from the text of
 * a node id: its key, and a bit for each digit that is an upper case letter, all set for a hashed id.
 */

const isHex = (nodeId: string): boolean => /^[0-9a-f]{64}$/i.test(nodeId);
const numberOf = (nodeId: string): bigint => {
  const upper = isHex(nodeId)
    ? nodeId.replace(/./g, (digit) => (/[A-F]/.test(digit) ? '1' : '0'))
    : '1'.repeat(64);
  return (BigInt(`0x${dhtKey(nodeId).toString('hex')}`) << 64n) | BigInt(`0b${upper}`);
};
const sortedBy = (nodeIds: readonly string[], rank: (nodeId: string) => bigint): string[] =>
  [...nodeIds].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));

const anyBytes = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
/** Keys that have long beginnings in common, which spread out evenly only when they are hashed. */
const anyNeighbour = fc.nat(255).map((bit) => {
  const key = Buffer.alloc(32);
  key[bit >> 3]! ^= 128 >> (bit & 7);
  return key.toString('hex');
});
const anyText = fc.nat(20).map((number) => `peer-${number}`);
const anyHash = anyText.map((text) => createHash('sha256').update(text).digest('hex'));
const inAnyCase = (hex: string) =>
  fc.constantFrom(
    hex,
    hex.toUpperCase(),
    hex.replace(/[a-f]/, (first) => first.toUpperCase()),
  );
const anyId = fc.oneof(anyText, anyHash.chain(inAnyCase), anyNeighbour, anyBytes.chain(inAnyCase));
const anyMarks = fc.nat(7).map((more) => 1 | (more << 1));
const anyStep = fc.oneof(
  { weight: 3, arbitrary: fc.record({ add: anyId, marks: anyMarks }) },
  { weight: 1, arbitrary: fc.record({ remove: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ remark: fc.nat(), marks: anyMarks }) },
);
type Step = typeof anyStep extends fc.Arbitrary<infer S> ? S : never;

/** A trie after a script, and what is in it. Slots are used again as the table does it. */
function run(steps: readonly Step[]) {
  const trie = new KeyTrie();
  const peers = new Map<string, { readonly slot: number; marks: number }>();
  const free: number[] = [];
  const pick = (number: number) => [...peers][number % peers.size]!;
  for (const step of steps) {
    if ('add' in step) {
      if (peers.has(step.add)) continue;
      const slot = free.pop() ?? peers.size;
      peers.set(step.add, { slot, marks: step.marks });
      trie.add(slot, step.add, step.marks);
    } else if (peers.size === 0) {
      continue;
    } else if ('remove' in step) {
      const [nodeId, { slot }] = pick(step.remove);
      peers.delete(nodeId);
      free.push(slot);
      trie.remove(slot);
    } else {
      const [, peer] = pick(step.remark);
      peer.marks = step.marks;
      trie.mark(peer.slot, step.marks);
    }
  }
  const named = (slots: readonly number[]) =>
    slots.map((slot) => [...peers].find(([, peer]) => peer.slot === slot)?.[0]);
  const having = (mark: number) =>
    [...peers].filter(([, { marks }]) => (marks & mark) !== 0).map(([nodeId]) => nodeId);
  return { trie, peers, named, having };
}

const anyScript = fc.array(anyStep, { maxLength: 80 });
const anyMark = fc.constantFrom(1, 2, 4, 8, 10);

describe('the tree of keys', () => {
  it('finds the closest of any kind as sorting all of them by distance does, after any script', () => {
    fc.assert(
      fc.property(anyScript, anyId, fc.nat(30), anyMark, (steps, target, k, mark) => {
        const { trie, peers, named, having } = run(steps);
        const distance = (nodeId: string): bigint => numberOf(nodeId) ^ numberOf(target);
        const expected = sortedBy(having(mark), distance).slice(0, k);
        expect(named(trie.closest(target, k, mark))).toEqual(expected);
        for (const { slot, marks } of peers.values()) expect(trie.marksOf(slot)).toBe(marks);
      }),
      { numRuns: 400 },
    );
  });

  it('goes on after any id as a sorted list does, whether or not the id is in it', () => {
    fc.assert(
      fc.property(anyScript, fc.option(anyId), fc.nat(30), anyMark, (steps, after, most, mark) => {
        const { trie, named, having } = run(steps);
        const place = new Uint32Array(placeWords);
        if (after !== null) putPlace(after, place, 0);
        const beyond = having(mark).filter(
          (id) => after === null || numberOf(id) > numberOf(after),
        );
        const found = trie.inOrder(after === null ? undefined : place, most, mark);
        expect(named(found)).toEqual(sortedBy(beyond, numberOf).slice(0, most));
      }),
      { numRuns: 400 },
    );
  });

  it('is what it would be without those that have gone', () => {
    fc.assert(
      fc.property(anyScript, (steps) => {
        const { trie, peers } = run(steps);
        const rebuilt = new KeyTrie();
        for (const [nodeId, { slot, marks }] of peers) rebuilt.add(slot, nodeId, marks);
        for (const mark of [1, 2, 4, 8]) {
          const before = [trie.visited, rebuilt.visited];
          expect(trie.inOrder(undefined, 100, mark)).toEqual(rebuilt.inOrder(undefined, 100, mark));
          // Marks that a removal leaves above the others would make walks look where nothing is.
          expect(trie.visited - before[0]!).toBe(rebuilt.visited - before[1]!);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('what a query looks at', () => {
  const common = 2;
  const rare = 4;
  /** A tree of so many peers, every other one of them common, 20 rare. */
  function treeOf(size: number): KeyTrie {
    const trie = new KeyTrie();
    for (let slot = 0; slot < size; slot++) {
      const marks = 1 | (slot % 2 === 0 ? common : 0) | (slot % (size / 20) === 0 ? rare : 0);
      trie.add(slot, `peer-${slot}`, marks);
    }
    return trie;
  }
  const most = (trie: KeyTrie, mark: number): number => {
    let largest = 0;
    for (let target = 0; target < 200; target++) {
      const before = trie.visited;
      expect(trie.closest(`somebody-${target}`, 20, mark)).toHaveLength(20);
      largest = Math.max(largest, trie.visited - before);
    }
    return largest;
  };

  it('is hardly more in a table a hundred times as large', () => {
    const [small, large] = [treeOf(1_000), treeOf(100_000)];
    for (const mark of [1, common]) {
      expect(most(small, mark)).toBeLessThan(120);
      expect(most(large, mark)).toBeLessThan(140);
    }
  });

  it('passes over those that are not wanted, however many they are', () => {
    // All 20 of them are looked for: a way down to each, and what stands beside it.
    expect(most(treeOf(100_000), rare)).toBeLessThan(20 * 2 * 24);
  });

  it('is bounded by the bits of a key where keys were chosen to be alike', () => {
    const trie = new KeyTrie();
    for (let bit = 0; bit < 256; bit++) {
      const key = Buffer.alloc(32);
      key[bit >> 3]! ^= 128 >> (bit & 7);
      trie.add(bit, key.toString('hex'), 1);
    }
    const before = trie.visited;
    expect(trie.closest('0'.repeat(64), 20, 1)[0]).toBe(255);
    expect(trie.visited - before).toBeLessThan(256 + 2 * 20);
  });
});
