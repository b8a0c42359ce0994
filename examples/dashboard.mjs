// A dashboard for a registry: what a browser and Prometheus get, and what nobody else does.
import { once } from 'node:events';
import { get } from 'node:http';
import { createPeer } from '@panoptes/core';
import { startDashboard } from '@panoptes/dashboard';
import { builtIn, createRegistry } from '@panoptes/workers';

const crawl = { done: 0, nodes: 4 };
const about = () => [
  { label: 'region', value: 'eu-west' },
  {
    label: 'crawl',
    value: `${crawl.done} of ${crawl.nodes} nodes`,
    share: crawl.done / crawl.nodes,
  },
];

const registry = await createRegistry();
const dashboard = await startDashboard(registry, { readOnly: true, about });
// console.log(`open ${dashboard.url}`);

await registry.registerObserver({ module: builtIn('kademlia') });
const peerId = { nodeId: 'alice', publicKey: 'a11ce0', did: 'did:zhtp:a11ce0a11ce0a11c' };
await registry.upsert(createPeer({ peerId }));
await registry.settled();
crawl.done++;

const { port, token } = dashboard;
const ask = async (path, headers) => {
  const [answer] = await once(get({ port, path, headers }), 'response');
  return { status: answer.statusCode, text: (await answer.toArray()).join('') };
};
const authorization = `Bearer ${token}`;
const { observers } = JSON.parse((await ask('/api/observers', { authorization })).text);
for (const { name, state, delivered } of observers) console.log(name, state, delivered);
const overview = JSON.parse((await ask('/api/overview', { authorization })).text);
for (const { label, value } of overview.about) console.log(`${label}: ${value}`);
console.log('without the token:', (await ask('/api/observers', {})).status);

await dashboard.close();
await registry.close();
