import { systemClock } from '@panoptes/core';
import type { BenchPlan } from '../bench-plan.js';
import type { OpenEntrant } from '../contest.js';
import { checkTallies } from '../systems/fanout-system.js';
import { TallyingRegistry } from '../systems/panoptes-system.js';
import { PeerStream } from '../workload/peer-stream.js';
import { until } from '../workload/until.js';
import { upsertMany, upsertOneByOne } from '../workload/upsert-windows.js';
import { openContest, type Suite } from './suite.js';

/** What it costs that observers have processes: each figure beside that of the same observers on threads. */
export const processesSuite: Suite = {
  name: 'processes',
  contests: (plan) =>
    [openFollowing, openVoting, openRecovering].map(
      (open) => () => openContest([() => open('threads', plan), () => open('panoptes', plan)]),
    ),
};

const hosts = { threads: 'thread', panoptes: 'process' } as const;
type System = keyof typeof hosts;

const followers = 10;
const voters = 3;
/** A run is to have more than a process starts and compiles in. */
const lasts = 2;

async function openFollowing(system: System, { peers, seed }: BenchPlan): Promise<OpenEntrant> {
  const tallying = await TallyingRegistry.open({
    ...{ observers: followers, peers, host: hosts[system] },
    onLag: 'block',
  });
  const stream = new PeerStream(peers, seed);
  return {
    ...{ system, observers: followers, peers, lasts },
    metrics: [{ name: 'throughput', unit: 'upserts/s', better: 'more' }],
    count: 'calibrated',
    async run(count) {
      const start = systemClock.monotonic();
      await upsertMany(tallying.registry, count, () => stream.next());
      await tallying.settled();
      const elapsedMs = systemClock.monotonic() - start;
      checkTallies(`processes, ${system}`, await tallying.takeTallies(), stream.takeExpected());
      return { elapsedMs, values: [(count * 1000) / elapsedMs] };
    },
    close: () => tallying.close(),
  };
}

async function openVoting(system: System, { peers, seed }: BenchPlan): Promise<OpenEntrant> {
  const tallying = await TallyingRegistry.open({
    ...{ observers: voters, peers, host: hosts[system] },
    role: 'critical',
  });
  const stream = new PeerStream(peers, seed);
  return {
    ...{ system, observers: voters, peers },
    metrics: [
      { name: 'commit with votes', unit: 'µs', better: 'less' },
      { name: 'votes outstanding', unit: 'upserts/s', better: 'more' },
    ],
    count: 'calibrated',
    beforehand: votedBeforehand,
    note: 'each sent after the one before it is committed; then windows of 4,096',
    async run(count) {
      const start = systemClock.monotonic();
      await upsertOneByOne(tallying.registry, count, () => stream.next());
      const awaitedMs = systemClock.monotonic() - start;
      const many = count * outstandingFactor;
      await upsertMany(tallying.registry, many, () => stream.next());
      const elapsedMs = systemClock.monotonic() - start;
      await tallying.settled();
      checkTallies(`processes, ${system}`, await tallying.takeTallies(), stream.takeExpected());
      return {
        elapsedMs,
        values: [(1000 * awaitedMs) / count, (many * 1000) / (elapsedMs - awaitedMs)],
      };
    },
    close: () => tallying.close(),
  };
}

/** By then all voters have compiled what they run. */
const votedBeforehand = 3_000;
/** So many more are sent at once as one by one: that is as much faster. */
const outstandingFactor = 16;

/** An observer crashes, is started again and reads a snapshot of all peers. */
async function openRecovering(system: System, plan: BenchPlan): Promise<OpenEntrant> {
  const { recoveryPeers: peers, seed } = plan;
  const tallying = await TallyingRegistry.open({
    ...{ observers: 1, peers, host: hosts[system] },
    onLag: 'lap',
  });
  const observer = tallying.observers[0]!;
  const stream = new PeerStream(peers, seed);
  await upsertMany(tallying.registry, peers, () => stream.next());
  await tallying.settled();
  return {
    ...{ system, observers: 1, peers },
    metrics: [{ name: 'crash to live', unit: 'ms', better: 'less' }],
    count: 1,
    note: 'start, module and snapshot, after a backoff of 1 ms',
    async run() {
      const { incarnation } = observer.stats();
      const start = systemClock.monotonic();
      await observer.query.crash();
      await until(() => observer.stats().incarnation > incarnation && observer.state === 'live');
      const elapsedMs = systemClock.monotonic() - start;
      return { elapsedMs, values: [elapsedMs] };
    },
    close: () => tallying.close(),
  };
}
