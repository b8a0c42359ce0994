import { describe, expect, it } from 'vitest';
import { type SnapshotData, SyncFigures } from '@panoptes/core/follower';
import type { RunAppender } from './run-appender.js';
import type { RunStream } from './run-stream.js';
import type { SnapshotBucket, StoredSnapshot } from './snapshot-bucket.js';
import { SnapshotSchedule } from './snapshot-schedule.js';

const data = (seq: number): SnapshotData =>
  ({ point: { seq, time: 1, position: 0 }, size: 0, buffer: new SharedArrayBuffer(0) }) as never;

const epoch = { id: 'one', epoch: 3, lastSeq: 100, place: 7 };

/** A schedule, with all that it asks for and does written down. */
function schedule(everyBytes: number) {
  const asked: number[] = [];
  const problems: unknown[] = [];
  const done: string[] = [];
  const stored: StoredSnapshot[] = [];
  const timers: { ms: number; work: () => void }[] = [];
  let refusal: Error | undefined;
  const bucket = {
    put: (given: SnapshotData, { place }: { place: number }) => {
      if (refusal !== undefined) return Promise.reject(refusal);
      const one = { name: `${given.point.seq}`, lastSeq: given.point.seq, place, bytes: 10 };
      stored.unshift(one as StoredSnapshot);
      done.push(`put ${one.name} from ${place}`);
      return Promise.resolve(one);
    },
    list: () => Promise.resolve([...stored]),
    remove: ({ name }: StoredSnapshot) => {
      stored.splice(
        stored.findIndex((one) => one.name === name),
        1,
      );
      done.push(`remove ${name}`);
      return Promise.resolve();
    },
  };
  const stream = {
    ends: () => Promise.resolve({ first: 1, last: 0, bytes: 0 }),
    cut: (place: number) => Promise.resolve(done.push(`cut ${place}`)),
  };
  const taken = new SnapshotSchedule({
    stream: stream as unknown as RunStream,
    bucket: bucket as unknown as SnapshotBucket,
    fields: 'f',
    everyBytes,
    last: undefined,
    bytes: 0,
    figures: new SyncFigures(),
    clock: { after: (ms, work) => (timers.push({ ms, work }), () => undefined) },
    failed: (error) => problems.push(error),
  });
  const failed = new Promise<Error>(() => undefined);
  taken.begin({ failed } as unknown as RunAppender, epoch, (from) => asked.push(from));
  const refuse = (error: Error | undefined): void => void (refusal = error);
  return { taken, asked, problems, done, timers, refuse };
}

describe('a snapshot', () => {
  it('is asked for after so many bytes, one at a time, as of what the stream has', async () => {
    const { taken, asked, done } = schedule(100);
    taken.count(99);
    taken.arrived(101, 8);
    expect(asked).toEqual([]);
    taken.count(1);
    taken.arrived(102, 9);
    taken.count(500);
    taken.arrived(103, 10);
    expect(asked).toEqual([102]);
    await taken.take(data(103));
    expect(done).toEqual(['put 103 from 9']);
  });

  it('is sent when the stream has all that is in it, and not before', async () => {
    const { taken, done } = schedule(100);
    taken.count(100);
    taken.arrived(101, 8);
    const sent = taken.take(data(105));
    taken.arrived(104, 9);
    await Promise.resolve();
    expect(done).toEqual([]);
    taken.arrived(105, 10);
    await sent;
    expect(done).toEqual(['put 105 from 8']);
  });

  it('has those before the last but one removed, and the stream cut behind that', async () => {
    const { taken, done } = schedule(100);
    for (const [seq, place] of [
      [101, 8],
      [102, 9],
      [103, 10],
    ] as const) {
      taken.count(100);
      taken.arrived(seq, place);
      await taken.take(data(seq));
    }
    expect(done.slice(1)).toEqual([
      'put 102 from 9',
      'cut 8',
      'put 103 from 10',
      'remove 101',
      'cut 9',
    ]);
  });

  it('that cannot be sent is told of, and asked for again in a while, each time later', async () => {
    const { taken, asked, problems, timers, done, refuse } = schedule(100);
    const noRoom = new Error('no room');
    refuse(noRoom);
    taken.count(100);
    taken.arrived(101, 8);
    const [, ...waits] = [0, 1, 2];
    for (const retry of waits) {
      await taken.take(data(101));
      expect(problems).toHaveLength(retry);
      expect(asked).toHaveLength(retry);
      timers.at(-1)!.work();
      expect(asked).toHaveLength(retry + 1);
    }
    expect(problems).toEqual([noRoom, noRoom]);
    expect(timers.slice(-2).map(({ ms }) => ms)).toEqual([5_000, 10_000]);
    refuse(undefined);
    await taken.take(data(101));
    expect(done).toEqual(['put 101 from 8']);
    expect(problems).toHaveLength(2);
  });

  it('that cannot be sent since all is over is told of to nobody', async () => {
    const { taken, problems, refuse } = schedule(100);
    taken.count(100);
    taken.arrived(101, 8);
    refuse(new Error('the connection was closed'));
    taken.end();
    await taken.take(data(101)).catch(() => undefined);
    expect(problems).toEqual([]);
  });
});
