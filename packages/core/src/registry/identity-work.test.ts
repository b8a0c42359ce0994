import { afterEach, describe, expect, it, vi } from 'vitest';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { IdentityIndex } from '../peers/identity-index.js';
import { KeyedHash } from '../peers/keyed-hash.js';
import { BatchUpdate } from './batch-update.js';
import { OpenRegistry } from './open-registry.fixture.js';

afterEach(() => void vi.restoreAllMocks());

/** A registry that knows peers 0 to 9, and how often parts of identities are hashed from now on. */
async function counted() {
  const registry = new OpenRegistry();
  for (let number = 0; number < 10; number++) await registry.upsert(peerNumbered(number));
  const hashed = vi.spyOn(KeyedHash.prototype, 'of');
  const found = vi.spyOn(IdentityIndex.prototype, 'withNodeId');
  return { registry, work: () => [hashed.mock.calls.length, found.mock.calls.length] };
}

describe('an identity', () => {
  it('is hashed once to look for its peer, and once for good when that is new', async () => {
    const { registry, work } = await counted();
    await registry.upsert(peerNumbered(10));
    expect(work()).toEqual([1 + 3, 0]);
  });

  it('is hashed once to look for its peer, and once to be forgotten', async () => {
    const { registry, work } = await counted();
    await registry.remove('peer-3');
    expect(work()).toEqual([1 + 3, 1]);
  });

  it('is not looked at beyond the node id while it stays as it is', async () => {
    const { registry, work } = await counted();
    await registry.upsert(peerNumbered(3, { trafficRouted: 9 }));
    await registry.update('peer-4', { trafficRouted: 9 });
    expect(work()).toEqual([2, 1]);
  });

  it('is looked for once for each step of a batch that evicts nobody', async () => {
    const { registry, work } = await counted();
    const batch = new BatchUpdate();
    for (let number = 0; number < 8; number++) {
      batch.upsert(peerNumbered(number, { trafficRouted: 9 }));
    }
    await registry.commitBatch(batch);
    expect(work()).toEqual([8, 0]);
  });
});
