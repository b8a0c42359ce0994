// A program of others: what it imports must not bring errors along, whatever its compiler is told.
import { type PeerEntry, BatchUpdate, createPeer } from '@panoptes/core';
import * as sim from '@panoptes/sim';
import * as testkit from '@panoptes/testkit';
import {
  type ObserverContext,
  type ObserverRegistration,
  builtIn,
  createRegistry,
} from '@panoptes/workers';
import { defineObserver } from '@panoptes/workers/observer';
import type kademlia from '@panoptes/workers/observers/kademlia';
import type mesh from '@panoptes/workers/observers/mesh';
import type validators from '@panoptes/workers/observers/validators';

export const observer = defineObserver({
  name: 'names',
  setup: (_: ObserverContext) => new Map<string, PeerEntry['tier']>(),
  onEvents: (batch, tiers) => {
    for (const { nodeId, entry } of batch.changes()) tiers.set(nodeId, entry.tier);
  },
  queries: { tier: (tiers, nodeId: string) => tiers.get(nodeId) },
});

export type BuiltIns = [typeof kademlia, typeof mesh, typeof validators];
export const registration: ObserverRegistration = { module: builtIn('mesh') };

export async function run(): Promise<void> {
  await using registry = await createRegistry({ peers: { maxPeers: 5 } });
  await registry.registerObserver<typeof observer>({ module: new URL('file:///names.js') });
  await registry.commitBatch(new BatchUpdate());
  await registry.upsert(
    createPeer({ peerId: { nodeId: 'a', publicKey: 'aa', did: 'did:zhtp:a' } }),
  );
  await using watch = registry.watch({ kinds: ['PeerAdded'] });
  for await (const event of watch) console.log(event.seq, Object.keys({ ...sim, ...testkit }));
}
