import { type PeerEntry, systemClock } from '@panoptes/core';
import { pick, substream } from '@panoptes/sim';
import { createRegistry } from '@panoptes/workers';
import type { BenchPlan } from '../bench-plan.js';
import type { OpenEntrant } from '../contest.js';
import { mainThreadCpu } from '../measure/main-thread-cpu.js';
import { TallyingRegistry } from '../systems/panoptes-system.js';
import { NumberedPeers } from '../workload/numbered-peer.js';
import { PeerStream } from '../workload/peer-stream.js';
import { upsertMany } from '../workload/upsert-windows.js';
import { openContest, type Suite } from './suite.js';

/** What an upsert costs in a larger registry, and what more observers cost its thread. */
export const scaleSuite: Suite = {
  name: 'scale',
  contests: (plan) => [
    () => openContest(plan.scalePeers.map((peers) => () => openSize(peers, plan.seed))),
    () => openContest(plan.observers.map((observers) => () => openFollowed(observers, plan))),
  ],
};

/** A registry of so many peers, which are seen again in no order. */
async function openSize(peers: number, seed: string): Promise<OpenEntrant> {
  const registry = await createRegistry({ logger: false, peers: { maxPeers: peers } });
  const source = new NumberedPeers();
  const uniform = substream(seed, 'scale');
  let added = 0;
  await upsertMany(registry, peers, () => source.entry(added++));
  const next = (): PeerEntry => source.entry(pick(uniform, peers));
  return {
    system: 'panoptes',
    observers: 0,
    peers,
    metrics: [{ name: 'cost', unit: 'µs', better: 'less' }],
    count: 'calibrated',
    note: 'an upsert of a random peer, whose keys are made anew each time',
    async run(count) {
      const start = systemClock.monotonic();
      await upsertMany(registry, count, next);
      const elapsedMs = systemClock.monotonic() - start;
      return { elapsedMs, values: [(elapsedMs * 1000) / count] };
    },
    close: () => registry.close(),
  };
}

/** A registry followed by so many observers that it does not wait for. */
async function openFollowed(observers: number, { peers, seed }: BenchPlan): Promise<OpenEntrant> {
  const tallying = await TallyingRegistry.open({ observers, peers, onLag: 'lap' });
  const stream = new PeerStream(peers, seed);
  const cpu = mainThreadCpu();
  return {
    system: 'panoptes',
    observers,
    peers,
    metrics: [{ name: 'writer CPU', unit: 'µs', better: 'less' }],
    count: 'calibrated',
    note: `${cpu.what}; observers that are overtaken take snapshots, which is part of it`,
    async run(count) {
      const start = systemClock.monotonic();
      const before = cpu.micros();
      await upsertMany(tallying.registry, count, () => stream.next());
      const used = cpu.micros() - before;
      const elapsedMs = systemClock.monotonic() - start;
      // Or those that are behind would be at work in another entrant's run.
      await tallying.settled();
      return { elapsedMs, values: [used / count] };
    },
    close: () => tallying.close(),
  };
}
