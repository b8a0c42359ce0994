// A registry, three observers on threads of their own, some peers, some questions.
import { createHash } from 'node:crypto';
import { createPeer } from '@panoptes/core';
import { builtIn, createRegistry } from '@panoptes/workers';

const registry = await createRegistry({ peers: { maxPeers: 1_000 } });

// Each resolves when the observer has read a snapshot and follows the log.
const kademlia = await registry.registerObserver({ module: builtIn('kademlia') });
const mesh = await registry.registerObserver({ module: builtIn('mesh') });
const validators = await registry.registerObserver({ module: builtIn('validators') });

// A real peer brings its own key.
const keyOf = (name) => createHash('sha256').update(name).digest('hex');
const peer = (name, hears) =>
  createPeer({
    peerId: { nodeId: name, publicKey: keyOf(name), did: `did:zhtp:${keyOf(name)}` },
    links: hears.map((nodeId) => ({ nodeId, quality: 0.9, type: 'radio' })),
    capabilities: { nodeType: 'validator' },
    authenticated: true,
    trustScore: 0.8,
    tier: 'tier1',
  });

// Commands need not be awaited one by one: they commit in the order in which they were sent.
await Promise.all([
  registry.upsert(peer('alice', ['bob'])),
  registry.upsert(peer('bob', ['alice', 'carol'])),
  registry.upsert(peer('carol', ['bob'])),
  registry.upsert(peer('dave', [])),
]);
const { seq, change } = await registry.updateTrust('dave', 0.2);
console.log(`transaction ${seq}: dave ${change}`);

// "Resolved" means committed. "Settled" means that the observers have seen it, too.
await registry.settled();
const closest = await kademlia.query.closest('zoe', 2);
console.log('closest to zoe:', closest.map(({ nodeId }) => nodeId).join(', '));
console.log('alice to carol:', (await mesh.query.bestPath('alice', 'carol')).path.join(' - '));
console.log('isolated:', (await mesh.query.isolatedPeers()).join());
console.log('validators:', (await validators.query.quorum()).size);
console.log('peers of tier1:', registry.peers.stats().byTier.tier1);

await registry.close();
