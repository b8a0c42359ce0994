// What isolation is worth: how long the registry's callers wait while one observer is stuck.
import { performance } from 'node:perf_hooks';
import { createPeer } from '@panoptes/core';
import { createRegistry } from '@panoptes/workers';

const stuckMs = 1_000;
const module = new URL('./fragile.observer.mjs', import.meta.url);

const hexOf = (number) => number.toString(16).padStart(16, '0');
const peer = (number) =>
  createPeer({
    peerId: {
      nodeId: `peer-${number}`,
      publicKey: hexOf(number),
      did: `did:zhtp:${hexOf(number)}`,
    },
  });

/** Milliseconds of the slowest of 1,000 upserts, awaited one by one, beside a stuck observer. */
async function longestWait(host) {
  const registry = await createRegistry({ logger: false });
  const observer = await registry.registerObserver({ module, host });
  let longest = 0;
  let start = performance.now();
  const stuck = observer.query.hang(stuckMs);
  for (let number = 0; number < 1_000; number++) {
    await registry.upsert(peer(number));
    const end = performance.now();
    longest = Math.max(longest, end - start);
    start = end;
  }
  await stuck;
  await registry.close();
  return longest;
}

// `inline` runs the observer on the registry's thread, as callbacks do.
for (const host of ['inline', 'thread']) {
  console.log(`${host}: the slowest upsert took ${(await longestWait(host)).toFixed(1)} ms`);
}
