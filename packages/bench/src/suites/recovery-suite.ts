import { systemClock } from '@panoptes/core';
import type { BenchPlan } from '../bench-plan.js';
import type { Contest, Entrant } from '../contest.js';
import { patienceMs, TallyingRegistry, tallyModule } from '../systems/panoptes-system.js';
import type { TallyObserver } from '../workers/tally-observer.js';
import { PeerStream } from '../workload/peer-stream.js';
import { until } from '../workload/until.js';
import { upsertMany } from '../workload/upsert-windows.js';
import type { Suite } from './suite.js';

/** What a fault of one observer costs: itself until it is back, and the others meanwhile. */
export const recoverySuite: Suite = {
  name: 'recovery',
  contests: (plan) => [() => openCrash(plan), () => openHang(plan)],
};

/** Observers beside the one that hangs. */
const healthy = 9;

/** An observer crashes, is started again and reads a snapshot of all peers. */
async function openCrash({ recoveryPeers: peers, seed }: BenchPlan): Promise<Contest> {
  const tallying = await TallyingRegistry.open({ observers: 1, peers, onLag: 'lap' });
  const observer = tallying.observers[0]!;
  const stream = new PeerStream(peers, seed);
  await upsertMany(tallying.registry, peers, () => stream.next());
  await tallying.settled();
  const entrant: Entrant = {
    system: 'panoptes',
    observers: 1,
    peers,
    metrics: [{ name: 'crash to live', unit: 'ms', better: 'less' }],
    count: 1,
    note: 'thread, module and snapshot, after a backoff of 1 ms',
    async run() {
      const incarnation = observer.stats().incarnation;
      const start = systemClock.monotonic();
      await observer.query.crash();
      await until(() => observer.stats().incarnation > incarnation && observer.state === 'live');
      const elapsedMs = systemClock.monotonic() - start;
      return { elapsedMs, values: [elapsedMs] };
    },
  };
  return { entrants: [entrant], close: () => tallying.close() };
}

/** One of ten observers loops for ever; the registry waits for the nine others, not for that one. */
async function openHang({ peers, seed }: BenchPlan): Promise<Contest> {
  const tallying = await TallyingRegistry.open({ observers: healthy, peers, onLag: 'block' });
  const { registry } = tallying;
  const stream = new PeerStream(peers, seed);
  const throughput = async (count: number): Promise<number> => {
    const start = systemClock.monotonic();
    await upsertMany(registry, count, () => stream.next());
    const { lastSeq } = registry;
    await until(() => tallying.observers.every((one) => one.stats().cursor >= lastSeq));
    return (count * 1000) / (systemClock.monotonic() - start);
  };
  const entrant: Entrant = {
    system: 'panoptes',
    observers: healthy + 1,
    peers,
    metrics: [
      { name: 'share with one hung', unit: '%', better: 'more' },
      { name: 'all healthy', unit: 'upserts/s', better: 'more' },
      { name: 'one hung', unit: 'upserts/s', better: 'more' },
    ],
    count: 'calibrated',
    note: 'the loop takes a core for itself',
    async run(count) {
      const loop = await registry.registerObserver<TallyObserver>({
        module: tallyModule,
        name: 'loop',
      });
      try {
        const before = await throughput(count);
        // Never answered: the rejection comes with the end of the thread.
        loop.ask('hang', [], { timeoutMs: patienceMs }).catch(() => undefined);
        const during = await throughput(count);
        return {
          elapsedMs: (count * 1000) / before,
          values: [(100 * during) / before, before, during],
        };
      } finally {
        await registry.unregisterObserver('loop');
      }
    },
  };
  return { entrants: [entrant], close: () => tallying.close() };
}
