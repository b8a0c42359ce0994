// Registers the observer of routing.observer.mjs, twice, with different options.
import { createHash } from 'node:crypto';
import { createPeer } from '@panoptes/core';
import { createRegistry } from '@panoptes/workers';

const registry = await createRegistry();
const module = new URL('./routing.observer.mjs', import.meta.url);

const near = await registry.registerObserver({ module, name: 'near', options: { maxHops: 1 } });
const far = await registry.registerObserver({ module, name: 'far' });

// A real peer brings its own key.
const keyOf = (name) => createHash('sha256').update(name).digest('hex');
const peer = (name, route) =>
  createPeer({
    peerId: { nodeId: name, publicKey: keyOf(name), did: `did:zhtp:${keyOf(name)}` },
    ...route,
  });

await registry.upsert(peer('gateway', { hopCount: 0 }));
await registry.upsert(peer('cabin', { hopCount: 1, nextHop: 'gateway' }));
await registry.upsert(peer('buoy', { hopCount: 3, nextHop: 'gateway' }));
await registry.settled();

console.log('far, through gateway:', (await far.query.reachedThrough('gateway')).join(', '));
console.log('near, to buoy:', await near.query.routeTo('buoy'));

// The figures of its own, all at one transaction; one that fails has an `error` and no value.
const { seq, readings } = await far.metrics({ after: registry.lastSeq });
const [routes, hops] = readings;
console.log(
  `far, at ${seq}: ${routes.value} routes, ${hops.value.mean.toFixed(1)} hops on average`,
);

// `null` takes an optional field away; the peer is a direct neighbour now.
await registry.update('buoy', { hopCount: 0, nextHop: null });
await registry.settled();
console.log('near, to buoy:', await near.query.routeTo('buoy'));

// Errors say what was wrong, and have a stable code.
await far.query.nothing().catch((error) => console.log(error.code));

await registry.close();
