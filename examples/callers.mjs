// Threads that find peers and tell the registry, each through a connection of its own.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createRegistry } from '@panoptes/workers';

const registry = await createRegistry();
const scan = async (region) => {
  const port = registry.port();
  const worker = new Worker(new URL('scanner.thread.mjs', import.meta.url), {
    workerData: { port, region },
    transferList: [port],
  });
  const [told] = await once(worker, 'message');
  return told;
};
console.log((await Promise.all(['north', 'south'].map(scan))).join('\n'));
console.log(registry.peers.size, 'peers after', registry.lastSeq, 'transactions');
console.log(registry.peers.get('north-1').tier, registry.peers.get('south-2').tier);
await registry.close();
