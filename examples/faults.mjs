// Three observers misbehave, each in its own way, while a fourth does its work beside them.
import { createPeer } from '@panoptes/core';
import { faultModule } from '@panoptes/testkit';
import { builtIn, createRegistry } from '@panoptes/workers';

const registry = await createRegistry({ logger: false, observers: { hangTimeoutMs: 1_000 } });
const observer = builtIn('kademlia');

// Each is a Kademlia table until the 500th transaction comes. Then one exits, one is never heard of
// again, and one loops for ever.
const witness = await registry.registerObserver({ module: observer, name: 'witness' });
const victims = [];
for (const fault of ['exit', 'never-resolves', 'loop']) {
  const module = faultModule(fault, { observer, at: 500 });
  victims.push(await registry.registerObserver({ module, name: fault }));
}

for (let number = 0; number < 1_000; number++) {
  const hex = number.toString(16).padStart(16, '0');
  await registry.upsert(
    createPeer({ peerId: { nodeId: hex, publicKey: hex, did: `did:zhtp:${hex}` } }),
  );
}

// Observers that are being restarted are waited for.
await registry.settled();
for (const victim of victims) {
  const { incarnation, reasons } = victim.stats();
  const agrees = (await victim.digest()) === (await witness.digest());
  console.log(
    `${victim.name}: ${reasons[0].code}, now in incarnation ${incarnation}, agrees with the witness: ${agrees}`,
  );
}
console.log('the witness has been started again', witness.stats().restarts, 'times');

await registry.close();
