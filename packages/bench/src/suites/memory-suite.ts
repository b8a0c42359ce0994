import { systemClock } from '@panoptes/core';
import { createRegistry, type PeerRegistry } from '@panoptes/workers';
import type { BenchPlan } from '../bench-plan.js';
import type { Contest, Entrant } from '../contest.js';
import { CollectionTimes } from '../measure/collection-times.js';
import { settledMemory } from '../measure/settled-memory.js';
import { checkTallies } from '../systems/fanout-system.js';
import { TallyingRegistry } from '../systems/panoptes-system.js';
import { NumberedPeers } from '../workload/numbered-peer.js';
import { PeerStream } from '../workload/peer-stream.js';
import { upsertMany } from '../workload/upsert-windows.js';
import type { Suite } from './suite.js';

/**
 * What a peer takes in a large registry; and whether one whose peers stay the same keeps its size: after a
 * tenth of all upserts, and after all.
 */
export const memorySuite: Suite = {
  name: 'memory',
  // First what peers take: memory that others have given back would hide it.
  contests: (plan) => [() => openFilling(plan), () => openGrowth(plan)],
};

const megabyte = 1024 * 1024;

/** A registry without observers is filled, and each of its peers seen again once. */
function openFilling({ scalePeers }: BenchPlan): Promise<Contest> {
  const peers = Math.max(...scalePeers);
  const collections = new CollectionTimes();
  let registry: PeerRegistry | undefined;
  const entrant: Entrant = {
    system: 'panoptes',
    observers: 0,
    peers,
    metrics: [
      { name: 'resident, a peer', unit: 'B', better: 'less' },
      { name: 'heap, a peer', unit: 'B', better: 'less' },
      { name: 'longest collection', unit: 'ms', better: 'less' },
    ],
    count: peers,
    once: true,
    note: 'a single run, in which peers are added and each is seen again; garbage collected before each look',
    async run(count) {
      const start = systemClock.monotonic();
      const source = new NumberedPeers();
      const before = await settledMemory();
      registry = await createRegistry({ logger: false, peers: { maxPeers: count } });
      let sent = 0;
      collections.begin();
      await upsertMany(registry, 2 * count, () => source.entry(sent++ % count));
      const longest = await collections.end();
      const after = await settledMemory();
      return {
        elapsedMs: systemClock.monotonic() - start,
        values: [
          (after.resident - before.resident) / count,
          (after.heap - before.heap) / count,
          longest,
        ],
      };
    },
  };
  return Promise.resolve({ entrants: [entrant], close: async () => registry?.close() });
}

async function openGrowth({ peers, seed, memoryUpserts }: BenchPlan): Promise<Contest> {
  const tallying = await TallyingRegistry.open({ observers: 1, peers, onLag: 'block' });
  const stream = new PeerStream(peers, seed);
  const entrant: Entrant = {
    system: 'panoptes',
    observers: 1,
    peers,
    metrics: [
      { name: 'resident growth', unit: '×', better: 'less' },
      { name: 'heap growth', unit: '×', better: 'less' },
      { name: 'resident', unit: 'MiB', better: 'less' },
    ],
    count: memoryUpserts,
    once: true,
    note: 'a single run; garbage collected before each look',
    async run(count) {
      const start = systemClock.monotonic();
      const tenth = Math.round(count / 10);
      const next = () => stream.next();
      await upsertMany(tallying.registry, tenth, next);
      await tallying.settled();
      const early = await settledMemory();
      await upsertMany(tallying.registry, count - tenth, next);
      await tallying.settled();
      const late = await settledMemory();
      checkTallies('memory', await tallying.takeTallies(), stream.takeExpected());
      return {
        elapsedMs: systemClock.monotonic() - start,
        values: [late.resident / early.resident, late.heap / early.heap, late.resident / megabyte],
      };
    },
  };
  return { entrants: [entrant], close: () => tallying.close() };
}
