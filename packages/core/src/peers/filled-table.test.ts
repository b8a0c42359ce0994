// A table that is filled at once is the one that comes about peer by peer, in any order of the peers.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tiers } from './fields.js';
import type { PeerEntry } from './peer-entry.js';
import { encoded, peerNumbered } from './peer-entry.fixture.js';
import { PeerTable } from './peer-table.js';

const hashed = (number: number): string => createHash('sha256').update(`${number}`).digest('hex');
/** Neighbours in the tree, some in upper case, the hash of another id, and ids that are no keys. */
const anyId = fc.oneof(
  fc.nat(300).map((number) => number.toString(16).padStart(64, '0')),
  fc.nat(40).map((number) => hashed(number).toUpperCase()),
  fc.nat(40).map((number) => createHash('sha256').update(`peer-ä-${number}`).digest('hex')),
  fc.nat(40).map((number) => `peer-ä-${number}`),
  fc.nat(300).map(hashed),
);
const anyStep = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ add: anyId, lastSeen: fc.nat(9), tier: fc.constantFrom(...tiers) }),
  },
  { weight: 1, arbitrary: fc.record({ remove: fc.nat() }) },
);
type Step = typeof anyStep extends fc.Arbitrary<infer S> ? S : never;

const entryOf = (nodeId: string, more: Partial<PeerEntry>): PeerEntry => {
  const publicKey = createHash('sha256').update(nodeId).digest('hex');
  return peerNumbered(1, more, { nodeId, publicKey, did: `did:zhtp:${publicKey}` });
};

/** Runs a script on a table that is filled, and on one to which peers are added one by one. */
function run(steps: readonly Step[]) {
  const filled = new PeerTable();
  const oneByOne = new PeerTable();
  const there: string[] = [];
  for (const step of steps) {
    if ('remove' in step) {
      const [nodeId] = there.splice(step.remove % (there.length + 1), 1);
      if (nodeId === undefined) continue;
      for (const table of [filled, oneByOne]) table.remove(table.identities.withNodeId(nodeId)!);
      continue;
    }
    const { add: nodeId, ...more } = step;
    const { memory, base } = encoded(entryOf(nodeId, more));
    const isNew = !there.includes(nodeId);
    expect(filled.addFree(memory, base)).toBe(isNew);
    if (!isNew) continue;
    there.push(nodeId);
    oneByOne.add(nodeId, memory, base);
  }
  return { filled, oneByOne };
}

describe('a table that is filled', () => {
  it('is the one to which its peers are added one by one', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 120 }), fc.boolean(), (steps, isSorted) => {
        const idOf = (step: Step): string => ('add' in step ? step.add : '');
        const ordered = isSorted
          ? [...steps].sort((a, b) => Buffer.compare(Buffer.from(idOf(a)), Buffer.from(idOf(b))))
          : steps;
        const { filled, oneByOne } = run(ordered);
        expect(filled.stateDigest()).toBe(oneByOne.stateDigest());
        expect(filled.digest()).toBe(oneByOne.digest());
      }),
    );
  });

  it.each(['nodeId', 'publicKey', 'did'] as const)('takes no second peer with a %s', (part) => {
    const table = new PeerTable();
    const [first, second] = [entryOf(hashed(1), {}), entryOf(hashed(2), {})];
    const twice = { ...second, peerId: { ...second.peerId, [part]: first.peerId[part] } };
    const add = (entry: PeerEntry): boolean => {
      const { memory, base } = encoded(entry);
      return table.addFree(memory, base);
    };
    expect([add(first), add(twice), add(second)]).toEqual([true, false, true]);
    expect(table.size).toBe(2);
  });
});
