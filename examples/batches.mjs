// Several changes as one transaction: all of them or none, and one event for observers.
import { createHash } from 'node:crypto';
import { BatchUpdate, createPeer } from '@panoptes/core';
import { createRegistry } from '@panoptes/workers';

const registry = await createRegistry({ peers: { maxPeers: 3 } });

// A real peer brings its own key.
const keyOf = (name) => createHash('sha256').update(name).digest('hex');
const peer = (name, some = {}) =>
  createPeer({
    peerId: { nodeId: name, publicKey: keyOf(name), did: `did:zhtp:${keyOf(name)}` },
    ...some,
  });

await registry.commitBatch(
  new BatchUpdate()
    .upsert(peer('alice', { tier: 'tier1' }))
    .upsert(peer('bob'))
    .upsert(peer('carol')),
);

// One bad change refuses the whole batch; `position` says which, `cause` why.
const before = registry.digest();
const refused = await registry
  .commitBatch(new BatchUpdate().remove('alice').update('nobody', { tier: 'tier2' }))
  .catch((error) => error);
console.log(refused.code, 'at', refused.position, 'because of', refused.cause.code);
console.log('unchanged:', registry.digest() === before);

// At the cap, newcomers evict the lowest tier's least recently seen, in the same transaction.
const result = await registry.commitBatch(
  new BatchUpdate().update('bob', { tier: 'tier2' }).upsert(peer('dave', { tier: 'tier3' })),
);
console.log(result);
console.log(
  registry.peers
    .allPeers()
    .map(({ peerId, tier }) => `${peerId.nodeId}: ${tier}`)
    .sort()
    .join(', '),
);

await registry.close();
