// An observer that goes on where it was: after its thread has died, and in the registry's next life.
import { Buffer } from 'node:buffer';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lmdbStore } from '@panoptes/store';
import { createRegistry } from '@panoptes/workers';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-resume-'));
const path = join(folder, 'data');
const module = new URL('./ledger.observer.mjs', import.meta.url);

let ledger;
async function begin() {
  const registry = await createRegistry({ store: lmdbStore({ path }), logger: false });
  ledger = await registry.registerObserver({ module, resume: 'joined 1' });
  return registry;
}
const add = (registry, name) => {
  const hex = Buffer.from(name).toString('hex').padEnd(16, '0');
  return registry.upsert({ peerId: { nodeId: name, publicKey: hex, did: `did:zhtp:${hex}` } });
};
async function say(registry) {
  await registry.settled();
  const [{ incarnation, resumes }] = registry.getObserverStats().observers;
  const joined = await ledger.query.joined();
  console.log(
    `epoch ${registry.epoch}, incarnation ${incarnation}: ${joined} joined, ${resumes} resumed`,
  );
}

const registry = await begin();
await add(registry, 'alice');
await registry.remove('alice');
await add(registry, 'bob');
await say(registry);
await registry.close();

const next = await begin();
await add(next, 'carol');
await say(next);
await ledger.query.die().catch(() => undefined);
await add(next, 'dave');
await say(next);
await next.close();
rmSync(folder, { recursive: true });
