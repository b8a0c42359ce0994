import { expect, it } from 'vitest';
import { PeerValidationError } from '../errors.js';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import type { PeerPatch } from '../peers/peer-patch.js';
import { BatchUpdate } from './batch-update.js';
import { OpenRegistry } from './open-registry.fixture.js';

it('a command with a field that peers do not have is refused, whoever hands it in', async () => {
  const registry = new OpenRegistry();
  await registry.upsert(peerNumbered(1));
  const misspelt = (number: number) => ({ ...peerNumbered(number), trustscore: 0.9 });
  const ways: readonly (() => Promise<unknown>)[] = [
    () => registry.upsert(misspelt(1)),
    () => registry.upsert(misspelt(2)),
    () => registry.update('peer-1', () => misspelt(1)),
    () => registry.update('peer-1', { trustscore: 0.9 } as PeerPatch),
    () => registry.updateOrInsert(misspelt(2), {}),
    () => registry.updateOrInsert(peerNumbered(1), () => misspelt(1)),
    () => registry.updateMetrics('peer-1', { latencyms: 1 } as object),
  ];
  for (const [at, way] of ways.entries()) {
    const refused = way();
    await expect(refused, `way ${at}`).rejects.toBeInstanceOf(PeerValidationError);
    await expect(refused, `way ${at}`).rejects.toThrow(/did you mean '(trustScore|latencyMs)'/);
  }
  await expect(registry.commitBatch(new BatchUpdate().upsert(misspelt(2)))).rejects.toMatchObject({
    code: 'BATCH_REFUSED',
    cause: { field: 'trustscore' },
  });
  const { added, rejected } = await registry.upsertMany([misspelt(1), peerNumbered(3)]);
  expect([added, rejected]).toEqual([1, 1]);
  expect(registry.peers.get('peer-1')).toEqual(peerNumbered(1));
});
