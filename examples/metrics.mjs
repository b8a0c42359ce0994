// The metrics of a registry as Prometheus reads them, on a server of one's own.
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { createPeer } from '@panoptes/core';
import { prometheusMetrics } from '@panoptes/dashboard';
import { builtIn, createRegistry } from '@panoptes/workers';

const registry = await createRegistry();
const metrics = prometheusMetrics(registry);

const server = createServer(async (_, answer) => {
  answer.setHeader('content-type', metrics.contentType).end(await metrics.text());
});
await once(server.listen(0, '127.0.0.1'), 'listening');

await registry.registerObserver({ module: builtIn('mesh') });
for (const [nodeId, publicKey] of [
  ['alice', 'a11ce0a11ce0a11c'],
  ['bob', 'b0bb0bb0bb0bb0bb'],
]) {
  const peerId = { nodeId, publicKey, did: `did:zhtp:${publicKey}` };
  await registry.upsert(createPeer({ peerId }));
}
await registry.settled();

const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
const [response] = await once(get({ port, path: '/metrics' }), 'response');
const text = (await response.toArray()).join('');
const wanted = /^panoptes_(?:commits_total|peers|observer_metric\{.*"isolated"\}) .*$/gm;
console.log(text.match(wanted)?.join('\n'));

server.close();
await registry.close();
