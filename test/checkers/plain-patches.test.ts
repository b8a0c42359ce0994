import { createPeer, entryStamp, type PeerPatch } from '@panoptes/core';
import { PlainModel } from '@panoptes/testkit';
import { createRegistry } from '@panoptes/workers';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { anyPeer } from '../../packages/core/src/peers/peer-entry.fixture.js';

/** Some fields of a peer, and of its groups; who it is stays. */
const anyPatch: fc.Arbitrary<PeerPatch> = fc
  .tuple(anyPeer, fc.infiniteStream(fc.integer({ min: 0, max: 5 })))
  .map(([{ peerId: _, ...fields }, coins]) => {
    const some = (values: object, within: boolean): Record<string, unknown> =>
      Object.fromEntries(
        Object.entries(values).flatMap(([name, value]): [string, unknown][] => {
          const coin = coins.next().value as number;
          if (coin < 3) return [];
          const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
          if (coin === 3 && !within && optional.has(name)) return [[name, null]];
          return [[name, isGroup ? some(value as object, true) : (value as unknown)]];
        }),
      );
    return some(fields, false);
  });
const optional = new Set(['nextHop', 'location', 'dhtInfo']);

const registry = createRegistry({
  logger: false,
  clock: { now: () => 1_000, monotonic: () => 0, after: () => () => undefined },
  peers: { maxFutureSecs: 30 * 86_400 },
});
afterAll(async () => (await registry).close());

it.each(['AA', Uint8Array.of(0xaa), 'aa'])(
  'a key is the same in any form: %j',
  async (publicKey) => {
    const model = await PlainModel.start([], 1_000);
    await model.apply({ at: 0, kind: 'join', peer: createPeer({ peerId }) });
    await model.apply({ at: 0, kind: 'patch', nodeId: 'p', patch: { peerId: { publicKey } } });
    expect(model.seq).toBe(1);
  },
);

const peerId = { nodeId: 'p', publicKey: 'aa', did: 'did:zhtp:0123456789abcdef' };

it('a patch makes the same of a peer in the plain model as in a registry, whatever it is', async () => {
  const open = await registry;
  await fc.assert(
    fc.asyncProperty(anyPeer, fc.array(anyPatch, { maxLength: 4 }), async (any, patches) => {
      const peer = { ...any, peerId };
      const model = await PlainModel.start([], 1_000);
      await model.apply({ at: 0, kind: 'join', peer });
      await open.upsert(peer);
      for (const patch of patches) {
        await model.apply({ at: 0, kind: 'patch', nodeId: 'p', patch });
        await open.update('p', patch);
        expect(entryStamp(model.peers.get('p')!)).toBe(entryStamp(open.peers.get('p')!));
      }
      await open.remove('p');
    }),
    { numRuns: 300 },
  );
});
