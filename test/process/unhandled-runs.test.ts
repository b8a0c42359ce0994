import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { peerNamed } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';

const unruly = fileURLToPath(new URL('../fixtures/unruly-process.mjs', import.meta.url));
const module = new URL('../fixtures/tally.observer.mjs', import.meta.url);

let registry: PeerRegistry;
beforeEach(async () => {
  // Nobody is ended for being at something.
  registry = await createRegistry({ logger: false, observers: { hangTimeoutMs: 600_000 } });
});
afterEach(() => registry.close());

it('P5 a process that handles nothing is handed two runs, and no more until it has', async () => {
  const observer = await registry.registerObserver({
    module,
    name: 'unruly',
    host: 'process',
    process: { command: [process.execPath, unruly, 'nothing'] },
  });
  const beside = await registry.registerObserver({ module, name: 'beside', host: 'process' });
  const came = () => observer.query['came']!() as Promise<{ runs: number; runBytes: number }>;
  await registry.upsert(peerNamed('first'));
  await until('it has the first', async () => (await came()).runs === 1);
  for (let window = 0; window < 8; window++) {
    const some = Array.from({ length: 500 }, (_, at) => peerNamed(`${window}: ${at}`));
    await Promise.all(some.map((peer) => registry.upsert(peer)));
    // Both are fed by one thread, each as fast as it may be.
    await until('the other has all', () => beside.stats().cursor === registry.lastSeq);
  }
  await until('the second has come', async () => (await came()).runs === 2);
  for (let look = 0; look < 20; look++) expect(await came()).toMatchObject({ runs: 2 });
  expect((await came()).runBytes).toBeLessThan(256 * 1024);
  await observer.query['handle']!();
  await until('it has all', () => observer.stats().cursor === registry.lastSeq);
  expect(observer.stats()).toMatchObject({ state: 'live', restarts: 0 });
});
