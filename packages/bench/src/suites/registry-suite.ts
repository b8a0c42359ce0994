import { systemClock } from '@panoptes/core';
import type { Contest, OpenEntrant } from '../contest.js';
import { HeapGrowth } from '../measure/heap-growth.js';
import { mainThreadCpu } from '../measure/main-thread-cpu.js';
import { checkTallies } from '../systems/fanout-system.js';
import { TallyingRegistry, type TallyOptions } from '../systems/panoptes-system.js';
import { PeerStream } from '../workload/peer-stream.js';
import { upsertInBulk, upsertMany, upsertOneByOne } from '../workload/upsert-windows.js';
import { openContest, type Suite } from './suite.js';

/** Followers that the registry must not wait for. */
const followers = 10;

/** What a caller gets from the registry itself: many commands at a time, and one after another. */
export const registrySuite: Suite = {
  name: 'registry',
  contests: ({ peers, seed }) => [
    (): Promise<Contest> => {
      const open = (observers: number, metric: keyof typeof ways) => () =>
        openEntrant({ observers, peers, onLag: 'lap' }, metric, new PeerStream(peers, seed));
      return openContest([
        open(0, 'outstanding'),
        open(0, 'bulk'),
        open(0, 'awaited'),
        open(followers, 'awaited'),
        () => openHeapEntrant({ observers: 0, peers }, new PeerStream(peers, seed)),
      ]);
    },
  ],
};

const ways = { outstanding: upsertMany, bulk: upsertInBulk, awaited: upsertOneByOne };
const notes = {
  outstanding: 'windows of 4,096',
  bulk: 'through upsertMany, without a promise for each',
  awaited: 'each sent after the one before it is committed',
};

async function openEntrant(
  options: TallyOptions,
  metric: keyof typeof ways,
  stream: PeerStream,
): Promise<OpenEntrant> {
  const tallying = await TallyingRegistry.open(options);
  return {
    system: 'panoptes',
    observers: options.observers,
    peers: options.peers,
    metrics: [
      { name: metric, unit: 'upserts/s', better: 'more' },
      { name: `${metric}: registry's thread`, unit: 'µs', better: 'less' },
    ],
    count: 'calibrated',
    note: notes[metric],
    async run(count) {
      const [before, start] = [cpu.micros(), systemClock.monotonic()];
      await ways[metric](tallying.registry, count, () => stream.next());
      const used = cpu.micros() - before;
      const elapsedMs = systemClock.monotonic() - start;
      await tallying.settled();
      const expected = stream.takeExpected();
      const tallies = await tallying.takeTallies();
      // One that was overtaken has skipped events by way of a snapshot, as it is meant to.
      if (tallying.resyncs === 0) checkTallies(`registry, ${metric}`, tallies, expected);
      return { elapsedMs, values: [(count * 1000) / elapsedMs, used / count] };
    },
    close: () => tallying.close(),
  };
}

/** What an upsert allocates on the registry's thread, its promise and the caller's loop included. */
async function openHeapEntrant(options: TallyOptions, stream: PeerStream): Promise<OpenEntrant> {
  const tallying = await TallyingRegistry.open(options);
  return {
    system: 'panoptes',
    observers: options.observers,
    peers: options.peers,
    metrics: [{ name: 'heap an upsert', unit: 'B', better: 'less' }],
    count: 'calibrated',
    note: `middle one of pieces of ${heapPiece} upserts, outstanding together`,
    async run(count) {
      const start = systemClock.monotonic();
      const growth = new HeapGrowth();
      for (let left = count; left > 0; left -= heapPiece) {
        growth.begin();
        await upsertMany(tallying.registry, heapPiece, () => stream.next());
        growth.end(heapPiece);
      }
      return { elapsedMs: systemClock.monotonic() - start, values: [growth.median] };
    },
    close: () => tallying.close(),
  };
}

const cpu = mainThreadCpu();
/** Their garbage fits into the young generation several times. */
const heapPiece = 2_048;
