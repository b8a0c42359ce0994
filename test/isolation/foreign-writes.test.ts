import { type CreateRegistryOptions, createRegistry } from '@panoptes/workers';
import { expect, it } from 'vitest';
import { peerNamed } from '../fixtures/random-traffic.js';
import { threadCount } from '../fixtures/threads.js';
import { until } from '../fixtures/until.js';

const scribbler = new URL('../fixtures/scribbler.observer.mjs', import.meta.url);
const recorder = new URL('../fixtures/recorder.observer.mjs', import.meta.url);

const options: CreateRegistryOptions = {
  log: { logBytes: 1024 * 1024 },
  observers: {
    blockTimeoutMs: 20,
    voteTimeoutMs: 50,
    // Who sleeps through its wake-up is found by this.
    hangTimeoutMs: 1_000,
    // And who reads a snapshot that makes no sense, by this.
    startTimeoutMs: 5_000,
    restart: { minBackoffMs: 1, maxBackoffMs: 5, maxRestarts: 1_000_000 },
  },
};

const peers = Array.from({ length: 50 }, (_, at) => peerNamed(`peer-${at}`));

/*
 * An observer shares memory with the registry, and can find it. What it writes there may mislead
 * other observers, who are started again; the registry itself believes nothing that it reads there.
 */
it.each([
  ['one that is overtaken', { onLag: 'lap' }],
  ['one that is waited for', { onLag: 'block' }],
  ['one that votes', { role: 'critical', onVoteFailure: 'proceed' }],
] as const)('an observer that writes into shared memory stops nobody: %s', async (_, role) => {
  const before = threadCount();
  const registry = await createRegistry(options);
  const witness = await registry.registerObserver({ module: recorder, name: 'witness' });
  const odd = await registry.registerObserver({ module: scribbler, name: 'odd', ...role });
  await registry.upsert(peerNamed('alice'));

  let isDone = false;
  const scribbling = odd
    .ask('scribble', [200], { timeoutMs: 5_000 })
    // It may have hit itself, too, and then it is late, or never heard of again.
    .catch(() => undefined)
    .finally(() => (isDone = true));
  let changes = 0;
  while (!isDone) {
    const trustScore = (++changes % 1_000) / 1_000;
    await Promise.all(peers.map((peer) => registry.upsert({ ...peer, trustScore })));
    for (const { cursor, lag, ...figures } of registry.getObserverStats().observers) {
      for (const figure of [cursor, lag]) {
        expect(figure).toBeGreaterThanOrEqual(0);
        expect(figure).toBeLessThanOrEqual(registry.lastSeq);
      }
      for (const figure of Object.values(figures)) {
        if (typeof figure === 'number') expect(figure).toBeGreaterThanOrEqual(0);
      }
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await scribbling).not.toBe(0);
  expect(registry.state).toMatch(/^open/);

  // Once it has stopped, all of them find back: those that were misled start anew.
  await registry.unregisterObserver('odd');
  await until('the other one was well', async () => {
    await registry.upsert({ ...peers[0]!, trustScore: (++changes % 1_000) / 1_000 });
    return witness.state === 'live' && witness.stats().lag === 0;
  });
  const late = await registry.registerObserver({ module: recorder, name: 'late' });
  await registry.settled();
  expect(await late.digest()).toBe(await witness.digest());
  await registry.close();
  expect(threadCount()).toBe(before);
});

it('a watch that is misled by what was written into the log is never a loop without an end', async () => {
  const registry = await createRegistry(options);
  const odd = await registry.registerObserver({ module: scribbler, name: 'odd' });
  await registry.upsert(peerNamed('alice'));
  let isOver = false;
  const watching = (async () => {
    for await (const event of registry.watch()) if (event.kind === 'Resync' && isOver) return;
  })().catch(() => undefined);
  // That this comes to its end at all takes turns of this thread's event loop.
  await odd.ask('scribble', [200], { timeoutMs: 5_000 }).catch(() => undefined);
  isOver = true;
  await registry.close();
  await watching;
});
