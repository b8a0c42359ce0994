// Many peers of one subnet are often one machine that poses as many. As a critical observer the
// built-in routing table lets only so many in, whoever sends them and however many at once.
import { createHash } from 'node:crypto';
import { createPeer } from '@panoptes/core';
import { builtIn, createRegistry } from '@panoptes/workers';

const registry = await createRegistry();
const kademlia = await registry.registerObserver({
  module: builtIn('kademlia'),
  role: 'critical',
  options: { maxPerSubnet: 3 },
});

const keyOf = (name) => createHash('sha256').update(name).digest('hex');
const peerAt = (address) =>
  createPeer({
    peerId: { nodeId: address, publicKey: keyOf(address), did: `did:zhtp:${keyOf(address)}` },
    endpoints: [{ address, protocol: 'udp', signalStrength: 1, latencyMs: 20 }],
  });

// A flood from one /24, all at once: each is voted on by itself, and three of them come in.
const flood = Array.from({ length: 50 }, (_, host) => peerAt(`192.0.2.${host + 1}:30303`));
const outcomes = await Promise.allSettled(flood.map((peer) => registry.upsert(peer)));
const refused = outcomes.filter(({ status }) => status === 'rejected');
console.log(`of ${flood.length} from 192.0.2.0/24: ${refused.length} refused`);
console.log(refused[0].reason.reason);

// Others are not affected; a peer that leaves makes room.
await registry.upsert(peerAt('198.51.100.7:30303'));
await registry.upsert(peerAt('[2001:db8::7]:30303'));
await registry.remove('192.0.2.1:30303');
await registry.upsert(peerAt('192.0.2.200:30303'));

await registry.settled();
console.log('in the table:', await kademlia.query.size());

await registry.close();
