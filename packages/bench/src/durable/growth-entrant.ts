import { systemClock } from '@panoptes/core';
import type { OpenEntrant } from '../contest.js';
import { settledMemory } from '../measure/settled-memory.js';
import { upsertMany } from '../workload/upsert-windows.js';
import { KeptRegistry } from './kept-registry.js';

/**
 * Whether a registry with a store keeps its size, in memory and on disk, while its peers stay the same.
 *
 * @param dir - where its store is
 */
export async function openGrowth(
  dir: string,
  peers: number,
  upserts: number,
  seed: string,
): Promise<OpenEntrant> {
  const kept = await KeptRegistry.open({ dir, durability: 'async', peers, seed });
  const { registry } = kept.tallying;
  const send = (count: number): Promise<unknown> =>
    kept.run('growth', () => upsertMany(registry, count, () => kept.stream.next()));
  return {
    system: 'panoptes',
    observers: 0,
    peers,
    metrics: [
      { name: 'resident growth', unit: '×', better: 'less' },
      { name: 'resident', unit: 'MiB', better: 'less' },
      { name: 'growth on disk', unit: '×', better: 'less' },
      { name: 'on disk', unit: 'MiB', better: 'less' },
    ],
    count: upserts,
    once: true,
    note: 'a single run; after a tenth of all upserts and after all; garbage collected before each look',
    async run(count) {
      const start = systemClock.monotonic();
      const tenth = Math.round(count / 10);
      await send(tenth);
      const early = await settledMemory();
      const { bytesOnDisk } = registry.storeStats()!;
      await send(count - tenth);
      const late = await settledMemory();
      const { bytesOnDisk: lateBytes } = registry.storeStats()!;
      return {
        elapsedMs: systemClock.monotonic() - start,
        values: [
          late.resident / early.resident,
          late.resident / megabyte,
          lateBytes / bytesOnDisk,
          lateBytes / megabyte,
        ],
      };
    },
    close: () => kept.close(),
  };
}

const megabyte = 1024 * 1024;
