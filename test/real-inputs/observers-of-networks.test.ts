import { readFileSync } from 'node:fs';
import { openTrace } from '@panoptes/sim';
import { type PeerRegistry, builtIn, createRegistry } from '@panoptes/workers';
import type mesh from '@panoptes/workers/observers/mesh';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { recording } from '../fixtures/panoptes-command.js';

let registry: PeerRegistry;
beforeEach(async () => {
  registry = await createRegistry();
});
afterEach(() => registry.close());

/** Upserts every peer of a snapshot file. */
async function load(file: string): Promise<void> {
  const { events } = await openTrace(file);
  const upserts = [];
  for await (const event of events) {
    if (event.kind === 'join') upserts.push(registry.upsert(event.peer));
  }
  await Promise.all(upserts);
}

it('the mesh observer, asked on its thread, knows a city’s links, parts and isolated routers', async (ctx) => {
  const file = recording('mesh-bremen.json', ctx);
  const module = builtIn('mesh');
  const { query } = await registry.registerObserver<typeof mesh>({ module, onLag: 'block' });
  await load(file);
  await registry.settled();

  expect(await query.counts()).toMatchObject({
    peers: 891,
    links: 1_395,
    pairs: 1_268,
    isolated: 58,
    dangling: 0,
  });
  const [largest, ...others] = await query.components();
  expect(largest).toBe(833);
  expect(others).toEqual(Array.from({ length: 58 }, () => 1));
  expect(await query.isolatedPeers()).toHaveLength(58);
});

it('the peers of a discv4 crawl are named as its keys say', async (ctx) => {
  const file = recording('discv4-nodes.json', ctx);
  await load(file);
  const keys = Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object);
  expect(keys).toHaveLength(2_238);
  const nodeIds = registry.peers.allPeers().map(({ peerId }) => peerId.nodeId);
  expect(nodeIds.sort()).toEqual(keys.sort());
});
