// The thread of a scanner, as callers.mjs starts it: it upserts what it finds.
import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { connectRegistry } from '@panoptes/workers/caller';

const { port, region } = workerData;
// A real peer brings its own key.
const keyOf = (name) => createHash('sha256').update(name).digest('hex');
const identityOf = (nodeId) => ({
  nodeId,
  publicKey: keyOf(nodeId),
  did: `did:zhtp:${keyOf(nodeId)}`,
});
const found = Array.from({ length: 1_000 }, (_, at) => ({ peerId: identityOf(`${region}-${at}`) }));

const registry = connectRegistry(port);
const { added } = await registry.upsertMany(found);
const { change } = await registry.update(`${region}-1`, { tier: 'tier1', hopCount: 2 });
const refused = await registry.update('nobody', { tier: 'tier1' }).catch((error) => error);
await registry.close();

parentPort.postMessage(`${region}: ${added} added, ${change}, ${refused.code}`);
