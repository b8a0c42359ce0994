import { systemClock } from '@panoptes/core';
import type { Metric, OpenEntrant, RunOutcome } from '../contest.js';
import { checkTallies } from '../systems/fanout-system.js';
import { TallyingRegistry } from '../systems/panoptes-system.js';
import { PeerStream } from '../workload/peer-stream.js';
import { upsertMany } from '../workload/upsert-windows.js';
import { KeptRegistry, type Spent } from './kept-registry.js';

/** How a registry is loaded. */
export interface AsyncLoad {
  readonly observers: number;
  readonly peers: number;
  readonly seed: string;
}

const metrics: readonly Metric[] = [
  { name: 'async', unit: 'upserts/s', better: 'more' },
  { name: 'async: CPU, all threads', unit: 'µs', better: 'less' },
];

/** A run waits until all is on disk, for which changes are gathered for up to 100 ms. */
const lasts = 3;

/**
 * The same load with a store that is not waited for, until all is on disk as well.
 *
 * @param dir - where its store is
 */
export async function openWithStore(dir: string, load: AsyncLoad): Promise<OpenEntrant> {
  const kept = await KeptRegistry.open({ dir, durability: 'async', ...load });
  const { registry } = kept.tallying;
  return {
    system: 'panoptes',
    ...load,
    metrics,
    count: 'calibrated',
    lasts,
    note: `until every observer has handled all and all is on disk, on ${kept.place.fileSystem}`,
    async run(count) {
      const send = (): Promise<void> => upsertMany(registry, count, () => kept.stream.next());
      return outcomeOf(count, await kept.run('async', send));
    },
    close: () => kept.close(),
  };
}

/** A load before observers, until they have handled all of it. */
export async function openWithoutStore(load: AsyncLoad): Promise<OpenEntrant> {
  const { observers, peers, seed } = load;
  const tallying = await TallyingRegistry.open({ observers, peers, onLag: 'block' });
  const stream = new PeerStream(peers, seed);
  return {
    system: 'in-memory',
    ...load,
    metrics,
    count: 'calibrated',
    lasts,
    note: 'the same registry without a store',
    async run(count) {
      const before = process.cpuUsage();
      const start = systemClock.monotonic();
      await upsertMany(tallying.registry, count, () => stream.next());
      await tallying.settled();
      const elapsedMs = systemClock.monotonic() - start;
      const { user, system } = process.cpuUsage(before);
      checkTallies('in-memory', await tallying.takeTallies(), stream.takeExpected());
      return outcomeOf(count, { elapsedMs, cpuMicros: user + system });
    },
    close: () => tallying.close(),
  };
}

const outcomeOf = (count: number, { elapsedMs, cpuMicros }: Spent): RunOutcome => ({
  elapsedMs,
  values: [(count * 1000) / elapsedMs, cpuMicros / count],
});
