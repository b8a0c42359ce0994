import { BatchUpdate } from '@panoptes/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProbedRegistry } from '../fixtures/probed-registry.js';
import { peer } from './scene.js';

const module = new URL('../fixtures/voter.observer.mjs', import.meta.url);

describe.each([1, 500, 50_000])('a batch of %i, voted on', (size) => {
  const registry = new ProbedRegistry({
    log: { logBytes: 128 * 1024 * 1024 },
    peers: { maxPeers: 100_000 },
    commands: { maxBatchChanges: 50_000 },
    observers: { voteTimeoutMs: 100_000 },
  });
  const batch = (bad?: number): BatchUpdate => {
    const steps = new BatchUpdate();
    for (let number = 0; number < size; number++) {
      if (number === bad) steps.update('nobody', { tier: 'tier1' });
      else steps.upsert(peer(number));
    }
    return steps;
  };
  beforeAll(() => registry.registerObserver({ module, role: 'critical' }));
  afterAll(() => registry.close());

  it('is refused for one bad change, wherever it stands, with its position', async () => {
    const trace = registry.trace;
    for (const position of new Set([0, size >> 1, size - 1])) {
      await expect(registry.commitBatch(batch(position))).rejects.toMatchObject({
        code: 'BATCH_REFUSED',
        position,
      });
    }
    expect(registry.trace).toBe(trace);
  });

  it('commits as one transaction', async () => {
    expect(await registry.commitBatch(batch())).toMatchObject({ seq: 1, added: size });
    await registry.settled(1, { timeoutMs: 100_000 });
    expect(registry.peers.stats().total).toBe(size);
  });
});

it('a batch larger than the log takes is refused before anybody is asked, with the limit', async () => {
  const registry = new ProbedRegistry({ log: { logBytes: 1024 * 1024 } });
  const voter = await registry.registerObserver({ module, role: 'critical' });
  const trace = registry.trace;
  const batch = new BatchUpdate();
  for (let number = 0; number < 5_000; number++) batch.upsert(peer(number));
  const refused = registry.commitBatch(batch);
  await expect(refused).rejects.toMatchObject({ code: 'TRANSACTION_TOO_LARGE' });
  await expect(refused).rejects.toThrow(/takes 524288 at a time.*logBytes \(1048576\)/);
  expect(registry.trace).toBe(trace);
  expect(voter.stats().votes).toMatchObject({ votes: 0 });
  await registry.close();
});
