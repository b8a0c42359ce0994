import { builtIn, createRegistry } from '@panoptes/workers';

const registry = await createRegistry({ logger: false });
const kademlia = await registry.registerObserver({ module: builtIn('kademlia') });
const module = new URL('./fragile.observer.mjs', import.meta.url);
const fragile = await registry.registerObserver({ module });

await fragile.query.die().catch((error) => console.log(error.message)); // it calls process.exit(3)
const peerId = { nodeId: 'alice', publicKey: 'a11ce0', did: 'did:zhtp:a11ce0a11ce0a11c' };
await registry.upsert({ peerId }); // it is not waited for
await registry.settled(); // every observer has seen alice, the one that died too
console.log('kademlia:', (await kademlia.query.closest('bob', 1))[0].nodeId);
console.log('fragile, restarted:', await fragile.query.size(), 'peer');
await registry.close();
