// A critical observer votes on every change before it is committed: here the built-in validator set
// keeps enough validators active for the network to agree on anything.
import { createHash } from 'node:crypto';
import { createPeer } from '@panoptes/core';
import { builtIn, createRegistry } from '@panoptes/workers';

const registry = await createRegistry();
const validators = await registry.registerObserver({
  module: builtIn('validators'),
  role: 'critical',
  options: { minValidators: 3 },
});

const keyOf = (name) => createHash('sha256').update(name).digest('hex');
for (const name of ['alice', 'bob', 'carol', 'dave']) {
  await registry.upsert(
    createPeer({
      peerId: { nodeId: name, publicKey: keyOf(name), did: `did:zhtp:${keyOf(name)}` },
      capabilities: { nodeType: 'validator' },
      authenticated: true,
      trustScore: 0.9,
    }),
  );
}

// Four are active: one may leave. It does not matter how: removed, or trusted less.
await registry.remove('dave');

// One more would be too many. The caller learns who objected and why, and nothing has changed.
try {
  await registry.updateTrust('carol', 0.1);
} catch (error) {
  console.log(`${error.code} by ${error.observer}: ${error.reason}`);
  console.log('would leave:', error.details.leaving.join(', '));
}
console.log('trust in carol:', registry.peers.get('carol').trustScore);

await registry.settled();
console.log('active:', (await validators.query.quorum()).size);
console.log('vetoes:', validators.stats().votes.vetoes);

await registry.close();
