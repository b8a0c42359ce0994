import type { Entrant, Metric, OpenEntrant } from '../contest.js';
import { upsertOneByOne, upsertRolling } from '../workload/upsert-windows.js';
import { KeptRegistry } from './kept-registry.js';

export const awaitedMetric: Metric = {
  name: 'commit, awaited',
  unit: 'upserts/s',
  better: 'more',
};

const ways = {
  awaited: { metric: awaitedMetric, note: 'each sent after the one before it is on disk' },
  outstanding: {
    metric: { ...awaitedMetric, name: 'commit, outstanding' },
    note: '20,000 outstanding',
  },
} as const;

/** Outstanding, when many are. */
const outstanding = 20_000;

/** How a registry is set up whose commands wait for its store. */
export interface CommitSetting extends Pick<Entrant, 'peers' | 'count'> {
  /** Where its store is. */
  readonly dir: string;
  readonly seed: string;
}

/** What a command costs that resolves when it is on disk, and how long flushes take meanwhile. */
export async function openCommits(
  way: keyof typeof ways,
  { dir, peers, seed, count: asked }: CommitSetting,
): Promise<OpenEntrant> {
  const kept = await KeptRegistry.open({ dir, durability: 'commit', peers, seed });
  const { registry } = kept.tallying;
  const { metric, note } = ways[way];
  const next = () => kept.stream.next();
  return {
    system: 'panoptes',
    observers: 0,
    peers,
    metrics: [
      metric,
      { name: `${metric.name}: sync p50`, unit: 'ms', better: 'less' },
      { name: `${metric.name}: sync p99`, unit: 'ms', better: 'less' },
      { name: `${metric.name}: CPU, all threads`, unit: 'µs', better: 'less' },
    ],
    count: asked,
    note: `${note}, on ${kept.place.fileSystem}`,
    async run(count) {
      const { elapsedMs, cpuMicros } = await kept.run(metric.name, () =>
        way === 'awaited'
          ? upsertOneByOne(registry, count, next)
          : upsertRolling(registry, count, next, outstanding),
      );
      const { syncP50Ms, syncP99Ms } = registry.storeStats()!;
      return {
        elapsedMs,
        values: [(count * 1000) / elapsedMs, syncP50Ms, syncP99Ms, cpuMicros / count],
      };
    },
    close: () => kept.close(),
  };
}
