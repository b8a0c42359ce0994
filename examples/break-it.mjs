// Kills an observer's thread while changes go on, and watches it come back with nothing missing.
import { createPeer } from '@panoptes/core';
import { createRegistry } from '@panoptes/workers';

// Its crash is asked for here; without `logger: false` it would be told on stderr.
const registry = await createRegistry({ logger: false });
const module = new URL('./fragile.observer.mjs', import.meta.url);
const victim = await registry.registerObserver({ module, name: 'victim' });
const witness = await registry.registerObserver({ module, name: 'witness' });

const hexOf = (number) => number.toString(16).padStart(16, '0');
const peer = (number) =>
  createPeer({
    peerId: {
      nodeId: `peer-${number}`,
      publicKey: hexOf(number),
      did: `did:zhtp:${hexOf(number)}`,
    },
  });

for (let number = 0; number < 1_000; number++) await registry.upsert(peer(number));

// A query to a thread that dies is rejected; it never hangs.
const death = victim.query.die().catch((error) => error);

// The registry does not wait for it, nor does the other observer.
for (let number = 1_000; number < 2_000; number++) await registry.upsert(peer(number));
for (let number = 0; number < 500; number++) await registry.remove(`peer-${number}`);

console.log('the query failed:', (await death).message);

// A restarted observer gets a snapshot at some seq and every transaction after it.
await registry.settled();
const { restarts, incarnation, reasons } = victim.stats();
console.log(`restarts: ${restarts}, incarnation ${incarnation}, because of ${reasons[0].code}`);
console.log('victim and witness hold', await victim.query.size(), await witness.query.size());
console.log('equal digests:', (await victim.digest()) === (await witness.digest()));

await registry.close();
