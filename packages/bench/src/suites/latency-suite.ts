import { createHistogram } from 'node:perf_hooks';
import {
  type ObserverHandle,
  type PeerEntry,
  fileBeside,
  nextTurn,
  systemClock,
} from '@panoptes/core';
import { sharedMicros } from '@panoptes/testkit';
import { createRegistry, type PeerRegistry } from '@panoptes/workers';
import type { BenchPlan } from '../bench-plan.js';
import { BenchMismatchError } from '../bench-error.js';
import type { Contest, Entrant, Metric } from '../contest.js';
import { patienceMs } from '../systems/panoptes-system.js';
import type { LatencyObserver } from '../workers/latency-observer.js';
import { PeerStream } from '../workload/peer-stream.js';
import type { Suite } from './suite.js';

/**
 * How long it takes from an upsert to an observer's handler under steady load. The load is open: each
 * upsert has its time, and its latency counts from then, whether or not the sender was late. A sender
 * that waits for the system before it sends the next would leave out just the slow ones ("coordinated
 * omission", Gil Tene).
 */
export const latencySuite: Suite = {
  name: 'latency',
  contests: (plan) => [() => openContest(plan), () => openWatch(plan)],
};

const latencyModule = fileBeside(import.meta.url, '../workers/latency-observer.js');

const observers = 10;
const upsertsPerSecond = 10_000;
const watchedPerSecond = 50_000;

const metrics: readonly Metric[] = ['p50', 'p90', 'p99', 'max'].map((name) => ({
  name,
  unit: 'µs',
  better: 'less',
}));

type Handle = ObserverHandle<NonNullable<LatencyObserver['queries']>>;

async function openContest({ peers, seed, latencyMs }: BenchPlan): Promise<Contest> {
  const registry = await createRegistry({
    logger: false,
    peers: { maxPeers: peers },
    observers: { maxObservers: observers, blockTimeoutMs: patienceMs },
  });
  const register = (at: number): Promise<Handle> =>
    registry.registerObserver<LatencyObserver>({
      module: latencyModule,
      name: `latency-${at + 1}`,
      onLag: 'block',
    });
  try {
    const handles = await Promise.all(Array.from({ length: observers }, (_, at) => register(at)));
    const stream = new PeerStream(peers, seed);
    const count = Math.round((latencyMs * upsertsPerSecond) / 1000);
    const entrant: Entrant = {
      system: 'panoptes',
      observers,
      peers,
      metrics,
      count,
      note: 'open load of 10,000 upserts/s from the registry’s thread, which looks at the time in every turn',
      run: (size) => measure(registry, handles, stream, size),
    };
    return { entrants: [entrant], close: () => registry.close() };
  } catch (error) {
    await registry.close();
    throw error;
  }
}

async function measure(
  registry: PeerRegistry,
  handles: readonly Handle[],
  stream: PeerStream,
  count: number,
): Promise<{ elapsedMs: number; values: number[] }> {
  const start = systemClock.monotonic();
  await sendOnTime(registry, stream, count, upsertsPerSecond);
  await registry.settled(undefined, { timeoutMs: patienceMs });
  const elapsedMs = systemClock.monotonic() - start;
  const all = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });
  for (const { query, name } of handles) {
    const latencies: Uint32Array = await query.take();
    if (latencies.length !== count) {
      throw new BenchMismatchError(
        `latency: observer ${name} handled ${latencies.length} events, but ${count} were sent; ` +
          'no figures are reported',
      );
    }
    for (const micros of latencies) all.record(micros);
  }
  return {
    elapsedMs,
    values: [all.percentile(50), all.percentile(90), all.percentile(99), all.max],
  };
}

/** Somebody watches on the registry's own thread, beside whoever changes it. */
async function openWatch({ peers, seed, latencyMs }: BenchPlan): Promise<Contest> {
  const registry = await createRegistry({ logger: false, peers: { maxPeers: peers } });
  const stream = new PeerStream(peers, seed);
  const entrant: Entrant = {
    system: 'panoptes',
    observers: 0,
    peers,
    metrics: [{ name: 'watch, changes received', unit: '%', better: 'more' }],
    count: Math.round((latencyMs * watchedPerSecond) / 1000),
    note: 'beside 50,000 upserts/s on the same thread; what a resync has skipped is not received',
    async run(count) {
      const start = systemClock.monotonic();
      const last = registry.lastSeq + count;
      const received = watched(registry, last);
      await sendOnTime(registry, stream, count, watchedPerSecond);
      const share = (100 * (await received)) / count;
      return { elapsedMs: systemClock.monotonic() - start, values: [share] };
    },
  };
  return { entrants: [entrant], close: () => registry.close() };
}

/** Watches until a transaction has come. Returns how many changes did. */
async function watched(registry: PeerRegistry, last: number): Promise<number> {
  let received = 0;
  for await (const event of registry.watch()) {
    if (event.kind !== 'Resync') received++;
    if (event.seq >= last) return received;
  }
  return received;
}

/** Sends each upsert at its time, or as soon after that as this thread gets its turn. */
async function sendOnTime(
  registry: PeerRegistry,
  stream: PeerStream,
  count: number,
  perSecond: number,
): Promise<void> {
  const microsBetween = 1_000_000 / perSecond;
  const results: Promise<unknown>[] = [];
  const start = sharedMicros();
  for (let sent = 0; sent < count;) {
    const due = Math.min(count, Math.floor((sharedMicros() - start) / microsBetween) + 1);
    for (; sent < due; sent++) {
      const entry = stream.next() as { -readonly [Key in keyof PeerEntry]: PeerEntry[Key] };
      entry.tokensEarned = start + sent * microsBetween;
      results.push(registry.upsert(entry));
    }
    await nextTurn();
  }
  await Promise.all(results);
}
