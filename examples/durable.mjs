// Peers that outlive the process: each registry goes on where the one before it ended.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lmdbStore, verifyStore } from '@panoptes/store';
import { createRegistry } from '@panoptes/workers';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-durable-'));
const path = join(folder, 'data');

const registry = await createRegistry({ store: lmdbStore({ path }), durability: 'commit' });
const peerId = { nodeId: 'alice', publicKey: 'a11ce0', did: 'did:zhtp:a11ce0a11ce0a11c' };
const { seq } = await registry.upsert({ peerId });
// It resolved, so it is on disk: from now on this process may be killed.
console.log(`epoch ${registry.epoch}: alice came with transaction ${seq}`);
await registry.close();

const next = await createRegistry({ store: lmdbStore({ path }) });
await next.updateTrust('alice', 0.9);
await next.durable();
console.log(`epoch ${next.epoch}: ${next.peers.size} peer, transaction ${next.lastSeq} is durable`);
for await (const { kind, nodeId, seq: since } of next.watch({ from: 1 })) {
  console.log(`transaction ${since}: ${kind} ${nodeId}`);
  if (since === next.lastSeq) break;
}
await next.close();

const { peers, lastSeq, writer } = await verifyStore(path);
console.log(`kept: ${peers} peer at transaction ${lastSeq}; writer: ${writer?.pid ?? 'none'}`);
rmSync(folder, { recursive: true });
