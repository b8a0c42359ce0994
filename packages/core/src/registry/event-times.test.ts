import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigError } from '../errors.js';
import type { Clock } from '../clock.js';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { BatchUpdate } from './batch-update.js';
import { ManualClock } from './manual-clock.fixture.js';
import { OpenRegistry } from './open-registry.fixture.js';
import { Registry } from './registry.js';

const start = 1_000_000_000;
const identityOf = (number: number) => ({ peerId: peerNumbered(number).peerId });
const open = () => new OpenRegistry({}, new ManualClock(start));

/** The ways in which one peer, known before, is changed by one command. */
const ways: readonly [way: string, hand: (r: OpenRegistry) => Promise<unknown>][] = [
  ['upsert', (registry) => registry.upsert(peerNumbered(1, { trafficRouted: 1 }))],
  ['update', (registry) => registry.update('peer-1', { trafficRouted: 1 })],
  ['a function', (registry) => registry.update('peer-1', (e) => ({ ...e, trafficRouted: 1 }))],
  ['updateOrInsert', (registry) => registry.updateOrInsert(identityOf(1), { trafficRouted: 1 })],
  ['touch', (registry) => registry.touch('peer-1')],
  ['remove', (registry) => registry.remove('peer-1')],
  ['batch', (registry) => registry.commitBatch(new BatchUpdate().remove('peer-1'))],
];

afterEach(() => void vi.restoreAllMocks());

describe('the time of an event', () => {
  it.each(ways)('is that at which its command was handed in: %s', async (_, hand) => {
    const registry = open();
    await registry.upsert(peerNumbered(1));
    registry.newEvents();
    registry.time.advance(500);
    const handed = hand(registry);
    // The commit comes in a later turn, when the clock is ahead.
    registry.time.advance(86_400_000);
    await handed;
    expect(registry.newEvents().map(({ at }) => at)).toEqual([start + 500]);
  });

  it('is its own for each of many commands that are outstanding', async () => {
    const registry = open();
    const handed: Promise<unknown>[] = [];
    for (let number = 0; number < 300; number++) {
      registry.time.advance(0.25);
      handed.push(registry.upsert(identityOf(number)));
    }
    registry.time.advance(1_000);
    await Promise.all(handed);
    const events = registry.newEvents();
    expect(events.map(({ at }) => at)).toEqual(events.map(({ seq }) => start + seq / 4));
    // What was left out is of the same time.
    for (const event of events) {
      if (event.kind === 'PeerAdded') expect(event.entry.lastSeen).toBe(event.at);
    }
  });

  it('is that at which it was taken, where upsertMany takes one after another', async () => {
    const registry = open();
    await registry.upsertMany(
      (function* () {
        for (let number = 0; number < 300; number++) {
          registry.time.advance(0.25);
          yield identityOf(number);
        }
      })(),
    );
    const events = registry.newEvents();
    expect(events).toHaveLength(300);
    expect(events.map(({ at }) => at)).toEqual(events.map(({ seq }) => start + seq / 4));
  });

  it('is one for all changes of a batch, and for the evictions of an upsert', async () => {
    const peers = { maxPeers: 2 };
    const registry = new OpenRegistry({ peers }, new ManualClock(start));
    const both = new BatchUpdate().upsert(identityOf(1)).upsert(identityOf(2));
    const batch = registry.commitBatch(both);
    registry.time.advance(10);
    const third = registry.upsert(identityOf(3));
    registry.time.advance(10);
    await Promise.all([batch, third]);
    const times = registry
      .newEvents()
      .map((event) => (event.kind === 'BatchUpdate' ? event.changes.map(({ at }) => at) : []));
    expect(times).toEqual([
      [start, start],
      [start + 10, start + 10],
    ]);
  });

  it('decides what has expired: a sweep is of the time at which it was asked for', async () => {
    const peers = { peerTtlSecs: 60 };
    const registry = new OpenRegistry({ peers }, new ManualClock(start));
    await registry.upsert(identityOf(1));
    registry.time.advance(1_000);
    await registry.upsert(identityOf(2));
    registry.newEvents();
    registry.time.advance(59_500);
    const swept = registry.cleanupExpired();
    registry.time.advance(3_600_000);
    expect(await swept).toMatchObject({ removed: 2 });
    // The second sweep of the call, which found the rest, is later.
    const first = registry.newEvents()[0]!;
    expect([first.kind, first.at]).toEqual(['PeerRemoved', start + 60_500]);
  });

  it('is shown by snapshots: of their last transaction, and of the registry before the first', async () => {
    const registry = open();
    registry.time.advance(700);
    const empty = await registry.snapshotTaker.take(() => true);
    expect(empty.data.point.time).toBe(start);
    await registry.upsert(peerNumbered(1));
    registry.time.advance(700);
    const { data } = await registry.snapshotTaker.take(() => true);
    expect([data.point.seq, data.point.time]).toEqual([1, start + 700]);
  });

  it('comes from a clock that tells one: a command is refused where it does not', async () => {
    let told: unknown = start;
    const clock = { now: () => told, monotonic: () => 0, after: () => () => undefined } as Clock;
    const registry = new Registry({}, { clock });
    await registry.upsert(peerNumbered(1));
    for (const bad of [Number.NaN, 'noon', Promise.reject(new Error('no time'))]) {
      told = bad;
      for (const refused of [
        registry.upsert(peerNumbered(2)),
        registry.remove('peer-1'),
        registry.cleanupExpired(),
      ]) {
        await expect(refused).rejects.toThrow(ConfigError);
      }
    }
    const { rejected } = await registry.upsertMany([peerNumbered(2)]);
    expect(rejected).toBe(1);
    told = start + 5;
    expect(await registry.remove('peer-1')).toEqual({ seq: 2, change: 'removed' });
  });

  it('is of the machine’s clock no more than eight commands old, and never of an earlier turn', async () => {
    let looks = start;
    vi.spyOn(Date, 'now').mockImplementation(() => ++looks);
    const registry = new Registry();
    const watch = registry.watch();
    const handed = Array.from({ length: 40 }, (_, at) => registry.upsert(peerNumbered(at)));
    const before = looks;
    await Promise.all(handed);
    const late = registry.remove('peer-1');
    expect(looks).toBe(before + 1);
    await late;
    const times: number[] = [];
    for (let seq = 1; seq <= 41; seq++) times.push((await watch.next()).value!.at);
    await registry.close();
    expect(times.at(-1)).toBe(before + 1);
    const shared = new Map<number, number>();
    for (const at of times) shared.set(at, (shared.get(at) ?? 0) + 1);
    expect([...shared.values()]).toEqual([...Array.from({ length: 5 }, () => 8), 1]);
  });
});
