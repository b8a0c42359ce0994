import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type ObserverHandle } from '@panoptes/core';
import {
  type CheckDocument,
  checkRecording,
  createRecordedLog,
  endingOf,
  endRecordedLog,
  type HistoryRecord,
  type RecordedItem,
  RecordedLogReader,
  RecordedLogSink,
  Recording,
  type RunFacts,
  type SeenEvent,
} from '@panoptes/testkit';
import { createRegistry } from '@panoptes/workers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlackBox } from '../fixtures/black-box.mjs';
import { deathOrders } from '../fixtures/mortal.observer.mjs';
import { panoptes } from '../fixtures/panoptes-command.js';
import { RandomTraffic } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';

const directory = mkdtempSync(join(tmpdir(), 'panoptes-recorded-'));
const log = join(directory, 'threads.plog');
const changed = join(directory, 'changed.plog');

const mortal = new URL('../fixtures/mortal.observer.mjs', import.meta.url);
const recorder = new URL('../fixtures/recorder.observer.mjs', import.meta.url);
const choosy = new URL('../fixtures/tier1-set.observer.mjs', import.meta.url);

/** All but the last give the digest of the same peers in the same words. */
const observers: RunFacts['observers'] = [
  ...['steady', 'mortal', 'held'].map((name) => ({ name, kind: 'recorder' })),
  { name: 'choosy', kind: 'choosy', filter: { tiers: ['tier1'] } },
];
const restart = { maxRestarts: 100, minBackoffMs: 1, maxBackoffMs: 5 };
const facts: RunFacts = {
  observers,
  maxPeers: 10_000,
  maxObservers: 50,
  restarts: { maxRestarts: 100, withinMs: 60_000 },
};

const orders = [
  deathOrders.throwInBatch,
  deathOrders.rejectInBatch,
  deathOrders.exitInBatch,
  deathOrders.exitCleanInBatch,
  deathOrders.throwLaterInBatch,
];

/** What outlives the threads of those that are held or die. */
const boxes = { mortal: BlackBox.empty(), held: BlackBox.empty() };

/** Records a storm in which one observer dies in many ways and another is lapped. */
async function recordStorm(): Promise<void> {
  const recording = Recording.begin(log, { source: 'storm', seed: 'recorded', facts });
  const registry = await createRegistry({
    log: { logBytes: 1024 * 1024 },
    observers: { blockTimeoutMs: 60_000, restart },
  });
  const traffic = new RandomTraffic({ seed: 'recorded' });
  const register = (name: string, module: URL, box?: BlackBox): Promise<ObserverHandle> =>
    registry.registerObserver({
      module: recording.moduleOf(name, module),
      name,
      onLag: name === 'held' ? 'lap' : 'block',
      options: { box: box?.memory },
    });
  await register('steady', recorder);
  const dying = await register('mortal', mortal, boxes.mortal);
  const held = await register('held', recorder, boxes.held);
  await register('choosy', choosy);

  let deaths = 0;
  for (const order of orders) {
    boxes.mortal.order(order);
    deaths++;
    await traffic.sendUntil(registry, () => dying.stats().restarts === deaths);
    await until('it was back', () => dying.state === 'live');
    await registry.settled();
    await Promise.all([dying.digest(), held.digest()]);
  }
  boxes.held.hold();
  await traffic.send(registry, 3_000);
  boxes.held.release();
  await until('the held one was lapped', () => held.stats().resyncs > 0);
  await traffic.send(registry, 500);
  await registry.settled();
  const live = observers.map(({ name }) => name);
  const ending = endingOf(registry, live);
  for (const handle of [dying, held]) await handle.digest();
  await registry.close();
  recording.end(ending, systemClock);
}

const itemsOf = (file: string): Promise<RecordedItem[]> =>
  RecordedLogReader.with(file, async (reader) => {
    const items: RecordedItem[] = [];
    for await (const item of reader.items()) items.push(item);
    return items;
  });

/** Writes a log anew from its items. */
function write(items: readonly RecordedItem[]): void {
  const header = { node: process.version, source: 'changed', seed: null, facts };
  createRecordedLog(changed, { format: 'panoptes.recorded-log', version: 2, ...header });
  const sinks = new Map<string, RecordedLogSink>();
  let now = 0;
  for (const item of items) {
    if ('ending' in item) {
      for (const sink of sinks.values()) sink.flush();
      endRecordedLog(changed, item.ending, now);
      continue;
    }
    if ('life' in item) continue;
    const { observer: name, incarnation, at } = item.origin;
    const observer = observers.findIndex((facts) => facts.name === name);
    const key = `${observer} ${incarnation}`;
    let sink = sinks.get(key);
    if (sink === undefined) {
      // What an earlier incarnation said stands before the next one's first word.
      for (const earlier of sinks.values()) earlier.flush();
      sink = new RecordedLogSink(changed, { observer, incarnation }, { now: () => now });
      sinks.set(key, sink);
    }
    now = at;
    sink.take(item.record);
  }
  for (const sink of sinks.values()) sink.close();
}

describe('a storm on threads, recorded by the observers themselves', () => {
  let items: RecordedItem[];
  let checked: CheckDocument;

  beforeAll(async () => {
    await recordStorm();
    checked = await checkRecording(log);
    items = await itemsOf(log);
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  it('keeps every rule, through kills and resyncs', () => {
    expect(checked.violations).toEqual([]);
    expect(checked).toMatchObject({ complete: true, verdict: 'pass' });
    const of = (name: string) => checked.observers.find((observer) => observer.name === name)!;
    expect(of('mortal').incarnations).toBe(1 + orders.length);
    expect(of('held').snapshots).toBeGreaterThan(1);
    expect(of('held').events).toBeLessThan(of('steady').events);
    expect(of('choosy').changes).toBeLessThan(of('steady').changes / 2);
    expect(of('steady').changes).toBeGreaterThan(of('steady').events);
    for (const { rule, checked: places, skipped } of checked.rules) {
      // Indexes are looked at in the registry, and are no part of a recorded log, and this is the log
      // of a single life.
      const isHeld = rule !== 'indexes' && !rule.startsWith('E');
      expect([rule, places > 0, skipped]).toEqual([rule, isHeld, 0]);
    }
  });

  it('holds all that the observers’ own handlers saw, up to the event at which they died', () => {
    for (const [name, box] of Object.entries(boxes)) {
      const recorded = new Set(
        items.flatMap((item) => {
          if (!('record' in item) || item.origin.observer !== name) return [];
          const { record, origin } = item;
          if (record.kind !== 'event' && record.kind !== 'snapshot') return [];
          return `${origin.incarnation} ${record.kind} ${record.seq}`;
        }),
      );
      const noted = box
        .notes()
        .map(
          ({ incarnation, seq, isSnapshot }) =>
            `${incarnation} ${isSnapshot ? 'snapshot' : 'event'} ${seq}`,
        );
      expect(noted.length).toBeGreaterThan(1_000);
      expect(noted.filter((note) => !recorded.has(note))).toEqual([]);
    }
  });

  it('is the same when it is written anew', async () => {
    write(items);
    const again = await checkRecording(changed);
    // Blocks lie otherwise, so other incarnations are the first to tell of a transaction.
    expect(again).toMatchObject({ violations: [], observers: checked.observers, verdict: 'pass' });
  });

  /**
   * The place of an event of several changes in the middle of an observer's history. It is one that
   * another has seen, too, and that the next event follows: how many are seen by one alone, as the
   * others are dead or lapped, or are the last before a snapshot, is up to the threads' pace.
   */
  const middleOf = (name: string): number => {
    const history: { readonly at: number; readonly record: HistoryRecord }[] = [];
    const seenByOthers = new Set<number>();
    for (const [at, item] of items.entries()) {
      if (!('record' in item)) continue;
      const { origin, record } = item;
      const isEvent = record.kind === 'event';
      if (origin.observer === name) {
        if (isEvent || record.kind === 'snapshot') history.push({ at, record });
      } else if (isEvent && origin.observer !== 'choosy') seenByOthers.add(record.seq);
    }
    const places = history.filter(
      ({ record }, place) =>
        record.kind === 'event' &&
        record.isBatch &&
        seenByOthers.has(record.seq) &&
        history[place + 1]?.record.kind === 'event',
    );
    return places[places.length >> 1]!.at;
  };

  const put = (at: number, ...records: HistoryRecord[]): RecordedItem[] => {
    const { origin } = items[at] as Extract<RecordedItem, { record: unknown }>;
    return items.toSpliced(at, 1, ...records.map((record) => ({ origin, record })));
  };

  it.each<[string, string, (event: SeenEvent) => HistoryRecord[]]>([
    ['drops an event', 'W4', () => []],
    ['repeats an event', 'W2', (event) => [event, event]],
    [
      'tears a batch',
      'W3',
      (event) => [
        { ...event, changes: event.changes.slice(0, 1), isBatch: false },
        { ...event, changes: event.changes.slice(1) },
      ],
    ],
    ['loses a change of a batch', 'W3', (event) => [{ ...event, changes: event.changes.slice(1) }]],
    [
      'turns the changes of a batch round',
      'W3',
      (event) => [{ ...event, changes: event.changes.toReversed() }],
    ],
  ])('fails, with the place, once somebody %s', async (_, rule, bug) => {
    for (const name of ['steady', 'mortal', 'held']) {
      const at = middleOf(name);
      const item = items[at] as Extract<RecordedItem, { record: unknown }>;
      const event = item.record as SeenEvent;
      write(put(at, ...bug(event)));
      const { verdict, violations } = await checkRecording(changed);
      expect(verdict).toBe('fail');
      const first = violations.find((violation) => violation.rule === rule)!;
      // Of two who disagree, the one whose word came second is named.
      if (rule !== 'W3') expect(first.place).toMatchObject({ observer: name });
      expect(first.place!.offset).toBeGreaterThan(0);
      expect(first.seq).toBe(rule === 'W4' ? event.seq + 1 : event.seq);
    }
  });

  it('fails once two events have changed places, by the command: exit 1 and the place', async () => {
    const at = middleOf('steady');
    const next = [...items.keys()].find((place) => {
      const item = items[place]!;
      if (place <= at || !('record' in item)) return false;
      return item.origin.observer === 'steady' && item.record.kind === 'event';
    })!;
    const swapped = items.with(at, items[next]!).with(next, items[at]!);
    write(swapped);
    const { code, stdout, stderr } = await panoptes('check', changed);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const item = items[at] as Extract<RecordedItem, { record: unknown }>;
    const { seq } = item.record as SeenEvent;
    expect(stdout).toMatch(
      new RegExp(
        `W4: steady, incarnation 1, record \\d+, offset \\d+, seq ${seq + 1}, expected transaction ${seq}`,
      ),
    );
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^fail: the rules are broken in \d+ places?$/,
    );
  });
});
