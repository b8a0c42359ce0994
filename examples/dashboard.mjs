// A dashboard for a registry: what a browser and Prometheus get, and what nobody else does.
import { once } from 'node:events';
import { get } from 'node:http';
import { createPeer } from '@panoptes/core';
import { startDashboard } from '@panoptes/dashboard';
import { builtIn, createRegistry } from '@panoptes/workers';

const registry = await createRegistry();
const dashboard = await startDashboard(registry, { readOnly: true });
// console.log(`open ${dashboard.url}`);

await registry.registerObserver({ module: builtIn('kademlia') });
const peerId = { nodeId: 'alice', publicKey: 'a11ce0', did: 'did:zhtp:a11ce0a11ce0a11c' };
await registry.upsert(createPeer({ peerId }));
await registry.settled();

const { port, token } = dashboard;
const ask = async (path, headers) => {
  const [answer] = await once(get({ port, path, headers }), 'response');
  return { status: answer.statusCode, text: (await answer.toArray()).join('') };
};
const authorization = `Bearer ${token}`;
const { observers } = JSON.parse((await ask('/api/observers', { authorization })).text);
for (const { name, state, delivered } of observers) console.log(name, state, delivered);
console.log('without the token:', (await ask('/api/observers', {})).status);

await dashboard.close();
await registry.close();
