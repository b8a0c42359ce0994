import { type ObserverHandle, BatchUpdate } from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, describe, expect, it } from 'vitest';
import { BlackBox } from '../fixtures/black-box.mjs';
import type { WordsPlace } from '../fixtures/box-words.mjs';
import { childrenOf } from '../fixtures/processes.js';
import { RandomTraffic, peerNamed } from '../fixtures/random-traffic.js';
import { SeededChance } from '../fixtures/seeded-chance.js';
import { threadCount } from '../fixtures/threads.js';
import { until } from '../fixtures/until.js';
import { hosts } from './hosts.js';
import { badResumption, goingBack, missing, repeated } from './log-rules.js';

const module = new URL('../fixtures/recorder.observer.mjs', import.meta.url);
const smallLog = { logBytes: 1024 * 1024 };
/** Of those that are held, for as long as the rest takes. */
const patient = { hangTimeoutMs: 600_000 };

let registry: PeerRegistry;
afterEach(() => registry.close());

describe('slow observers on a small log', () => {
  it.each([
    ['256 on one thread', 256, 'inline'],
    ['12 on threads of their own', 12, 'thread'],
    ['8 in processes of their own', 8, 'process'],
  ] as const)('W9 %s, 64 transactions: each ends with the same digest', async (_, count, host) => {
    registry = await createRegistry({
      log: smallLog,
      observers: { maxObservers: count, ...patient },
    });
    const [box, quick] = [BlackBox.empty(100_000, host), BlackBox.empty(1_000, host)];
    box.hold();
    const join = (name: string, memory: WordsPlace) =>
      registry.registerObserver({ module, name, host, options: { box: memory } });
    const handles = [await join('quick', quick.memory)];
    while (handles.length < count) handles.push(await join(`slow-${handles.length}`, box.memory));
    for (let transaction = 0; transaction < 64; transaction++) {
      const batch = new BatchUpdate();
      for (let n = 0; n < 50; n++) {
        const hopCount = transaction % 16;
        batch.upsert(peerNamed(`peer-${(transaction * 7 + n) % 400}`, { hopCount }));
      }
      await registry.commitBatch(batch);
      // Gives those that read on this thread a turn, so that the first of them keeps up.
      await until('the quick one has read it', () => quick.notes().at(-1)?.seq === transaction + 1);
    }
    box.release();
    await registry.settled();
    const digests = await Promise.all(handles.map((handle) => handle.digest()));
    expect(new Set(digests).size).toBe(1);
    const lapped = handles.filter((handle) => handle.stats().resyncs > 0);
    expect(lapped.length).toBe(count - 1);
    expect(handles[0]!.stats()).toMatchObject({ resyncs: 0, delivered: 64 });
  });
});

it('W10 observers that come and go while transactions flow each see a contiguous run', async () => {
  registry = await createRegistry({ observers: { maxObservers: 8 } });
  const traffic = new RandomTraffic({ seed: 'comings and goings' });
  const chance = new SeededChance('comings and goings');
  const boxes: BlackBox[] = [];
  let isOver = false;
  const storm = (async () => {
    while (!isOver) await traffic.send(registry, 64);
  })();
  const visit = async (name: string): Promise<void> => {
    for (let incarnation = 0; incarnation < 6; incarnation++) {
      const host = chance.pick(hosts);
      const box = BlackBox.empty(200_000, host);
      boxes.push(box);
      const options = { box: box.memory };
      const handle = await registry.registerObserver({
        module,
        name,
        host,
        onLag: 'block',
        options,
      });
      const seen = box.length + chance.below(200);
      await until('it has seen some', () => box.length >= seen);
      // Twice: the second finds nothing, and does no harm.
      const both = [registry.unregisterObserver(name), registry.unregisterObserver(name)];
      expect((await Promise.allSettled(both))[0]!.status).toBe('fulfilled');
      const length = box.length;
      await traffic.send(registry, 1);
      expect([handle.state, box.length]).toEqual(['stopped', length]);
    }
  };
  await Promise.all(['a', 'b', 'c', 'd'].map(visit));
  isOver = true;
  await storm;
  expect(boxes).toHaveLength(24);
  for (const box of boxes) {
    const notes = box.notes();
    expect(notes.filter(({ isSnapshot }) => isSnapshot)).toHaveLength(1);
    const rules = [goingBack, repeated, missing, badResumption];
    expect(rules.flatMap((rule) => rule(notes))).toEqual([]);
  }
});

it.each(hosts)(
  'W11 a resync after a gap shows what was removed in it, by its absence (%s)',
  async (host) => {
    registry = await createRegistry({ log: smallLog, observers: patient });
    const box = BlackBox.empty(undefined, host);
    const options = { box: box.memory };
    const handle = await registry.registerObserver({ module, host, options });
    for (let n = 0; n < 200; n++) await registry.upsert(peerNamed(`peer-${n}`));
    await registry.settled();
    box.hold();
    await registry.upsert(peerNamed('peer-100', { hopCount: 1_000 }));
    await until('it holds still', () => box.isStill);
    // More than may be on its way to a process comes before, and more than the log holds after.
    const rounds = async (count: number): Promise<void> => {
      for (let round = 0; round < count; round++) {
        for (let n = 100; n < 200; n++) {
          await registry.upsert(peerNamed(`peer-${n}`, { hopCount: round + 1 }));
        }
      }
    };
    await rounds(30);
    for (let n = 0; n < 100; n++) await registry.remove(`peer-${n}`);
    await rounds(60);
    box.release();
    await registry.settled();
    expect(handle.stats().resyncs).toBeGreaterThan(0);
    expect(await handle.ask('size', [])).toBe(100);
    const seen = (await handle.ask('seen', [])) as { type: string; kind?: string; peers?: [] }[];
    expect(seen.filter(({ kind }) => kind === 'PeerRemoved').length).toBeLessThan(100);
    expect(seen.filter(({ type }) => type === 'snapshot').at(-1)!.peers).toHaveLength(100);
  },
);

describe('W14 registering, unregistering, asking and closing at once', () => {
  it.each([
    ['inline', 1_000, 20],
    ['thread', 60, 12],
    ['process', 24, 12],
  ] as const)(
    'leaves no promise, no thread, no process and no port (%s, %i times)',
    async (host, times, per) => {
      const chance = new SeededChance(`race ${host}`);
      const before = threadCount();
      let settled = 0;
      for (let done = 0; done < times; done += per) {
        registry = await createRegistry({ observers: { maxObservers: 4, stopTimeoutMs: 30_000 } });
        const open = registry;
        const outcomes: Promise<{ code: string } | undefined>[] = [];
        const note = (call: Promise<unknown>): void => {
          outcomes.push(
            call.then(
              () => undefined,
              (error: unknown) => error as { code: string },
            ),
          );
        };
        let handle: ObserverHandle | undefined;
        for (let n = 0; n < per; n++) {
          const name = `observer-${chance.below(3)}`;
          note(open.registerObserver({ module, name, host }).then((got) => (handle = got)));
          note(open.upsert(peerNamed(`peer-${n}`)));
          if (chance.below(2) === 0) note(open.unregisterObserver(name));
          if (handle !== undefined) note(handle.ask('size', []));
          if (chance.below(4) === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        note(open.close());
        const results = await Promise.all(outcomes);
        for (const error of results.filter((outcome) => outcome !== undefined)) {
          expect(error.code).toMatch(
            /^(?:OBSERVER_(?:LIMIT|DUPLICATE|NOT_FOUND|START_FAILED|UNAVAILABLE|CRASHED)|REGISTRY_CLOSED)$/,
          );
        }
        settled += results.length;
        expect(open.getObserverStats().observers).toEqual([]);
        expect(threadCount()).toBe(before);
        if (host === 'process') expect(childrenOf(process.pid)).toEqual([]);
      }
      expect(settled).toBeGreaterThan(2 * times);
    },
  );
});
